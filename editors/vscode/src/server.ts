// The server's life: started when first needed, one for the window, restarted on request or when another program is to be it.

import { execFile } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import { homedir } from "node:os";
import { promisify } from "node:util";
import * as vscode from "vscode";
import {
  CloseAction,
  LanguageClient,
  RevealOutputChannelOn,
  State,
  type CancellationToken,
  type ErrorHandler,
} from "vscode-languageclient/node";
import { instead, type Commands } from "./commands";
import { languagesOf } from "./filters";
import { locate } from "./locate";
import { method, type Requests, type Status } from "./protocol";
import { explicit, settings, type Settings } from "./settings";

const section = "semantic-ls";

/** Where requests go. */
export interface Channel {
  /** Sends a request, starting the server first if necessary. */
  request<Method extends keyof Requests>(
    name: Method,
    params: Requests[Method]["params"],
    token?: CancellationToken,
  ): Promise<Requests[Method]["result"]>;
}

export class Server implements Channel, vscode.Disposable {
  private readonly log: vscode.LogOutputChannel;
  private readonly extension: string;
  private readonly commands: Commands;
  private readonly statusEmitter = new vscode.EventEmitter<Status | undefined>();
  // undefined: not started, or the last start failed.
  private starting: Promise<LanguageClient> | undefined;
  // Restarts queue up behind each other, so that no two servers index at a time.
  private stopping: Promise<void> = Promise.resolve();

  /** Fires what the server reports about itself, and undefined when it is gone. */
  readonly onStatus = this.statusEmitter.event;

  constructor(extension: string, commands: Commands, log: vscode.LogOutputChannel) {
    this.extension = extension;
    this.commands = commands;
    this.log = log;
  }

  /** Starts the server if it doesn't run. Throws NotFound, or what went wrong at its start. */
  async start(): Promise<LanguageClient> {
    this.starting ??= this.launch();
    const starting = this.starting;
    try {
      const client = await starting;
      if (client.state === State.Starting || client.state === State.Running) {
        return client;
      }
      // It died more often than the client library restarts it by itself.
      if (this.starting === starting) {
        this.starting = undefined;
      }
      return await this.start();
    } catch (error) {
      if (this.starting === starting) {
        this.starting = undefined;
      }
      throw error;
    }
  }

  async request<Method extends keyof Requests>(
    name: Method,
    params: Requests[Method]["params"],
    token?: CancellationToken,
  ): Promise<Requests[Method]["result"]> {
    type Result = Requests[Method]["result"];
    const client = await this.start();
    return token ? client.sendRequest<Result>(name, params, token) : client.sendRequest<Result>(name, params);
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  async stop(): Promise<void> {
    const starting = this.starting;
    this.starting = undefined;
    this.stopping = this.stopping.then(async () => {
      try {
        const client = await starting;
        await client?.dispose();
      } catch (error) {
        // It never ran, or died before it could be stopped: gone either way.
        this.log.debug(`stop: ${String(error)}`);
      }
      this.statusEmitter.fire(undefined);
    });
    await this.stopping;
  }

  dispose(): void {
    void this.stop();
    this.statusEmitter.dispose();
  }

  /** The languages that `lang:` knows in a query. */
  async languages(): Promise<string[]> {
    const { stdout } = await run(this.program(), ["search", "--type-list"], { timeout: 10_000 });
    return languagesOf(stdout);
  }

  private program(): string {
    return locate({
      setting: vscode.workspace.getConfiguration(section).get("server.path", ""),
      extension: this.extension,
      home: homedir(),
      env: process.env,
      platform: process.platform,
      executable,
    });
  }

  private async launch(): Promise<LanguageClient> {
    await this.stopping;
    const command = this.program();
    this.log.info(`starting ${command}`);
    let started = false;
    let restarting: ErrorHandler | undefined;
    const usual = (): ErrorHandler => (restarting ??= client.createDefaultErrorHandler());
    const client: LanguageClient = new LanguageClient(
      section,
      "Semantic Code Search",
      // No transport: stdio, and no --stdio added to the arguments.
      { command, args: ["serve"] },
      {
        documentSelector: [{ scheme: "file" }],
        outputChannel: this.log,
        revealOutputChannelOn: RevealOutputChannelOn.Never,
        initializationOptions: current(),
        // A failed start is reported by the command that wanted the server.
        initializationFailedHandler: () => false,
        errorHandler: {
          error: (error, message, count) => usual().error(error, message, count),
          // A server that refused to start would refuse again.
          closed: () => (started ? usual().closed() : { action: CloseAction.DoNotRestart, handled: true }),
        },
        middleware: {
          executeCommand: instead(this.commands),
          workspace: {
            configuration: (params, token, next) =>
              params.items.every((item) => item.section === section) ? params.items.map(current) : next(params, token),
          },
        },
      },
    );
    client.onNotification(method.statusChanged, (status: Status) => {
      this.statusEmitter.fire(status);
    });
    try {
      await client.start();
      started = true;
    } catch (error) {
      await client.dispose().catch(() => undefined);
      throw error;
    }
    return client;
  }
}

const run = promisify(execFile);

/** The server's settings as they are now, without defaults. */
function current(): Settings {
  const configuration = vscode.workspace.getConfiguration(section);
  return settings((key) => explicit(configuration.inspect(key)));
}

function executable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
