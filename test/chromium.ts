import { existsSync } from 'node:fs';
import { createServer, type OutgoingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { delimiter, extname, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

/** Chromium's program; undefined where there is none on the PATH. */
export const chromiumPath: string | undefined = [
  process.env.CHROMIUM,
  ...['chromium', 'chromium-browser', 'google-chrome'].flatMap((name) =>
    (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, name)),
  ),
].find((path) => path && existsSync(path));

/** Chromium without what it would fetch by itself; it may run as root. */
const FLAGS = [
  ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
];

/** Starts Chromium without a window. */
export const startChromium = (): Promise<Browser> =>
  chromium.launch({ executablePath: chromiumPath!, args: FLAGS });

/** Headers with which a page may share memory between threads. */
export const ISOLATION: OutgoingHttpHeaders = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
};

/** A server of pages on this machine. */
export interface PageServer {
  /** `http://127.0.0.1:45678`. */
  readonly origin: string;
  close(): void;
}

/**
 * Serves pages to a browser.
 *
 * @param content what stands at a path such as `/index.html`; undefined where nothing does
 * @param headers of every answer
 */
export async function servePages(
  content: (path: string) => Promise<Uint8Array | string | undefined>,
  headers: OutgoingHttpHeaders,
): Promise<PageServer> {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url!, 'http://localhost');
    const path = pathname === '/' ? '/index.html' : pathname;
    const body = await content(path).catch(() => undefined);
    const type = TYPES[extname(path)] ?? 'application/octet-stream';
    if (body === undefined) response.writeHead(404).end();
    else response.writeHead(200, { ...headers, 'Content-Type': type }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { origin: `http://127.0.0.1:${port}`, close: () => server.close() };
}
