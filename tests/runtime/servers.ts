import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, connect, createServer as createTcpServer, type Socket } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";

export type CertificateName = "server" | "self_signed" | "wrong_host" | "expired";

export function certificatePath(name: CertificateName | "ca" | "server_key"): string {
  return new URL(`./certificates/${name}.pem`, import.meta.url).pathname;
}

export function pem(name: CertificateName | "ca" | "server_key"): string {
  return readFileSync(certificatePath(name), "utf8");
}

export interface WebServer extends AsyncDisposable {
  readonly port: number;
  /** Sockets as the server sees them, with the requests that opened them. */
  readonly sockets: { readonly socket: WebSocket; readonly request: IncomingMessage }[];
  /** Resolves when the next socket has opened, if none has. */
  socketOpened(): Promise<void>;
}

/** A server of HTTP and WebSocket on loopback, with TLS if a certificate is named. */
export async function startWebServer(options: {
  readonly certificate?: CertificateName;
  readonly answer?: RequestListener;
  /** Answers an upgrade with this status in place of opening a socket. */
  readonly upgradeStatus?: number;
}): Promise<WebServer> {
  const answer: RequestListener = options.answer ?? ((_request, response) => response.end("hello"));
  const server = options.certificate === undefined
    ? createServer(answer)
    : createTlsServer({ key: pem("server_key"), cert: pem(options.certificate) }, answer);
  server.on("tlsClientError", () => {}); // Clients that refuse our certificate, on purpose.
  const sockets: WebServer["sockets"] = [];
  const webSockets = new WebSocketServer({ noServer: true });
  server.on("upgrade", (request: IncomingMessage, connection: Socket, head: Buffer) => {
    connection.on("error", () => {});
    if (options.upgradeStatus !== undefined) {
      connection.end(`HTTP/1.1 ${options.upgradeStatus} No\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    webSockets.handleUpgrade(request, connection, head, (socket) => {
      socket.on("error", () => {});
      sockets.push({ socket, request });
      webSockets.emit("opened");
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    sockets,
    socketOpened: async () => {
      if (sockets.length === 0) await once(webSockets, "opened");
    },
    [Symbol.asyncDispose]: async () => {
      for (const { socket } of sockets) socket.terminate();
      server.closeAllConnections();
      server.close();
      await Promise.resolve();
    },
  };
}

export interface TcpServer extends AsyncDisposable {
  readonly port: number;
}

/** A server that does to each connection what `serve` says. */
export async function startTcpServer(serve: (connection: Socket) => void): Promise<TcpServer> {
  const connections = new Set<Socket>();
  const server = createTcpServer((connection) => {
    connection.on("error", () => {});
    connections.add(connection);
    serve(connection);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      for (const connection of connections) connection.destroy();
      server.close();
      await Promise.resolve();
    },
  };
}

/** A port of loopback where nobody listens. */
export async function unusedPort(): Promise<number> {
  const server = await startTcpServer(() => {});
  await server[Symbol.asyncDispose]();
  return server.port;
}

export interface ProxyServer extends AsyncDisposable {
  readonly url: string;
  /** What clients asked it for: `CONNECT host:port` or `GET http://…`. */
  readonly requests: string[];
  readonly authorizations: (string | undefined)[];
}

/** A proxy that tunnels to loopback, whatever host is asked for, or refuses with `status`. */
export async function startProxy(options: { readonly status?: number } = {}): Promise<ProxyServer> {
  const requests: string[] = [];
  const authorizations: (string | undefined)[] = [];
  const note = (request: IncomingMessage) => {
    requests.push(`${request.method} ${request.url}`);
    authorizations.push(request.headers["proxy-authorization"]);
  };
  const server = createServer((request, response) => {
    note(request);
    response.statusCode = options.status ?? 200;
    response.end("from the proxy");
  });
  server.on("connect", (request: IncomingMessage, client: Socket) => {
    note(request);
    client.on("error", () => {});
    if (options.status !== undefined) {
      client.end(`HTTP/1.1 ${options.status} No\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    const port = Number(request.url?.split(":").at(-1));
    const target = connect(port, "127.0.0.1", () => {
      client.write("HTTP/1.1 200 OK\r\n\r\n");
      target.pipe(client);
      client.pipe(target);
    });
    target.on("error", () => client.destroy());
    target.on("close", () => client.destroy());
    client.on("close", () => target.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    authorizations,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await Promise.resolve();
    },
  };
}
