import { readFileSync } from 'node:fs';

/** User and system time of a process so far; its 14th and 15th field, in hundredths of a second. */
export function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /, '').split(' ');
  return round((Number(fields[11]) + Number(fields[12])) / 100);
}

/** Most physical memory that the process has held at a time. */
export function peakRssMb(pid: number): number {
  return memoryMb(pid, 'VmHWM');
}

export function rssMb(pid: number): number {
  return memoryMb(pid, 'VmRSS');
}

export function round(value: number): number {
  return Math.round(value * 100) / 100;
}

function memoryMb(pid: number, field: string): number {
  const [, kilobytes] = new RegExp(`${field}:\\s+(\\d+)`).exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Math.round(Number(kilobytes) / 1024);
}
