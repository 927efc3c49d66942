import { Duration } from 'cdk8s';

/** As the API server writes a duration back, so that GitOps tools see no difference. */
export function goDuration(duration: Duration): string {
  const seconds = duration.toSeconds();
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  if (hours > 0) return `${hours}h${minutes}m${rest}s`;
  return minutes > 0 ? `${minutes}m${rest}s` : `${rest}s`;
}
