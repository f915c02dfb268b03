import { lookup } from "node:dns";
import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { BlockList, isIP, type LookupFunction } from "node:net";
import { Readable } from "node:stream";
import { StageError } from "stagecraft/plugin";
import type { Fetch } from "./request.js";

/** Loopback, private, link-local (with the clouds' metadata), shared, reserved and multicast addresses. */
const INTERNAL = new BlockList();
for (const [network, bits] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["224.0.0.0", 3],
] as const) {
  INTERNAL.addSubnet(network, bits, "ipv4");
}
// Also what stands for an IPv4 address: translated (NAT64), tunnelled (6to4, Teredo).
for (const [network, bits] of [
  ["::", 127],
  ["64:ff9b::", 96],
  ["64:ff9b:1::", 48],
  ["2001::", 32],
  ["2002::", 16],
  ["fc00::", 7],
  ["fe80::", 10],
  ["ff00::", 8],
] as const) {
  INTERNAL.addSubnet(network, bits, "ipv6");
}

export function isInternal(address: string): boolean {
  return INTERNAL.check(address, isIP(address) === 6 ? "ipv6" : "ipv4");
}

/**
 * Fetches from the public internet, and from `hosts` wherever they are. The address is judged as the connection is made, so
 * that a name cannot mean one thing when it is looked at and another when it is used.
 */
export function publicFetch(hosts: readonly string[]): Fetch {
  return (href, init) => {
    const url = new URL(href);
    if (hosts.includes(url.host) || hosts.includes(url.hostname)) return fetch(href, init);
    const literal = url.hostname.replace(/^\[|\]$/g, "");
    if (isIP(literal) !== 0 && isInternal(literal)) return Promise.reject(denied(url.host));
    return get(url, init);
  };
}

function get(url: URL, { headers, signal }: Parameters<Fetch>[1]): Promise<Response> {
  return new Promise((resolve, reject) => {
    const send = url.protocol === "https:" ? requestHttps : requestHttp;
    const plain = { ...Object.fromEntries(headers), "accept-encoding": "identity" };
    const request = send(url, { method: "GET", headers: plain, signal, lookup: publicLookup }, (answer) => {
      const { statusCode = 0 } = answer;
      const given = Object.entries(answer.headersDistinct).flatMap(([name, values = []]) =>
        values.map((value): [string, string] => [name, value]),
      );
      const isEmpty = statusCode === 204 || statusCode === 205 || statusCode === 304;
      const body = isEmpty ? null : (Readable.toWeb(answer) as ReadableStream<Uint8Array>);
      resolve(new Response(body, { status: statusCode, headers: given }));
    });
    // As `fetch` would throw it: the network's own fault is the cause.
    request.once("error", (cause) => reject(cause instanceof StageError ? cause : new TypeError("failed", { cause })));
    request.end();
  });
}

const publicLookup: LookupFunction = (hostname, options, done) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return done(error, "");
    if (addresses.some(({ address }) => isInternal(address))) return done(denied(hostname), "");
    const [first] = addresses;
    if (options.all) done(null, addresses);
    else done(null, first?.address ?? "", first?.family);
  });
};

function denied(host: string): StageError {
  const message = `${host} is not on the public internet: name it in the tool's \`hosts\` to allow it`;
  return new StageError("http-private-address", message, { isFree: true });
}
