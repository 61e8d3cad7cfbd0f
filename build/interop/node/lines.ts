// The other end of build/interop/peer/program.go: a command a line in, an answer a line out.
import { createInterface } from "node:readline";

/** What a command gets; its members are strings unless the command says otherwise. */
export type With = Readonly<Record<string, never>>;
type Command = { readonly id: number; readonly device: number; readonly do: string; readonly with: unknown };

/** The commands that a device knows, by name. Others it cannot do. */
export interface Device {
  readonly commands: Readonly<Record<string, (args: never) => Promise<unknown>>>;
  close(): Promise<void>;
}

/** Cannot says that the device knows no such way to do what a command asks for. */
export class Cannot extends Error {}

/** serve answers commands until the input ends. A number that is new is a new device. */
export async function serve(make: () => Device): Promise<void> {
  const devices = new Map<number, Device>();
  for await (const line of createInterface({ input: process.stdin })) {
    const command = JSON.parse(line) as Command;
    void run(devices, make, command).then((answer) => process.stdout.write(`${JSON.stringify({ id: command.id, ...answer })}\n`));
  }
  for (const device of devices.values()) await device.close();
  process.exit(0);
}

async function run(devices: Map<number, Device>, make: () => Device, { device: number, do: name, with: args }: Command): Promise<object> {
  const device = devices.get(number) ?? make();
  devices.set(number, device);
  try {
    if (name === "close") {
      devices.delete(number);
      await device.close();
      return {};
    }
    const command = device.commands[name];
    return command ? { is: (await command(args as never)) ?? null } : { cannot: true };
  } catch (error) {
    if (error instanceof Cannot) return { cannot: true };
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

/** until waits for a value that is there; who asks gives up by itself. */
export async function until<T>(get: () => T | undefined | false | null | Promise<T | undefined | false | null>): Promise<T> {
  for (;;) {
    const got = await get();
    if (got) return got;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
