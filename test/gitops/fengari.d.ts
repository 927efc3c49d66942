/** The interpreter comes without types; its functions are those of Lua's C API. */
declare module 'fengari';
