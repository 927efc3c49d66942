import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { lauxlib, lua, lualib, to_jsstring as text, to_luastring as bytes } from 'fengari';
import { parse } from 'yaml';
import type { KubeObject } from '../../src/core';

export interface Health {
  readonly status: string;
  readonly message: string;
}

/** The data of the patch for Argo CD's ConfigMap. */
export const ARGOCD: Readonly<Record<string, string>> = parse(readFileSync(join(__dirname, '../../gitops/argocd/argocd-cm.yaml'), 'utf8')).data;

/** What Argo CD finds with the health script of the object's kind, run by a Lua interpreter with no library but the base one. */
export function argoHealth(object: KubeObject): Health {
  const group = object.apiVersion!.split('/')[0];
  const script = ARGOCD[`resource.customizations.health.${group}_${object.kind}`];
  if (!script) throw new Error(`no health script for ${group} ${object.kind}`);
  const state = lauxlib.luaL_newstate();
  lauxlib.luaL_requiref(state, bytes('_G'), lualib.luaopen_base, 1);
  lua.lua_settop(state, 0);
  push(state, object);
  lua.lua_setglobal(state, bytes('obj'));
  if (lauxlib.luaL_dostring(state, bytes(script)) !== lua.LUA_OK) throw new Error(text(lua.lua_tostring(state, -1)));
  return { status: field(state, 'status'), message: field(state, 'message') };
}

function push(state: any, value: unknown): void {
  if (value === null || value === undefined) lua.lua_pushnil(state);
  else if (typeof value === 'string') lua.lua_pushstring(state, bytes(value));
  else if (typeof value === 'boolean') lua.lua_pushboolean(state, value);
  else if (typeof value === 'number') (Number.isInteger(value) ? lua.lua_pushinteger : lua.lua_pushnumber)(state, value);
  else pushTable(state, Array.isArray(value) ? value.map((entry, index) => [index + 1, entry]) : Object.entries(value));
}

function pushTable(state: any, entries: [unknown, unknown][]): void {
  lauxlib.luaL_checkstack(state, 3, null);
  lua.lua_createtable(state, 0, entries.length);
  for (const [key, value] of entries) {
    push(state, key);
    push(state, value);
    lua.lua_settable(state, -3);
  }
}

function field(state: any, name: string): string {
  lua.lua_getfield(state, -1, bytes(name));
  const value = lua.lua_tostring(state, -1);
  lua.lua_pop(state, 1);
  if (!value) throw new Error(`the script returns no ${name}`);
  return text(value);
}
