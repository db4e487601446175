/** Whether only this machine reaches a server that listens on this address or is called by this name; an IPv6 address without brackets. */
export const isLoopback = (host: string): boolean => /^(localhost|127(\.\d{1,3}){3}|::1|::ffff:127(\.\d{1,3}){3})$/.test(host.toLowerCase());
