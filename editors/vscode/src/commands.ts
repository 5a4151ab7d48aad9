// Commands of the server that the extension does itself: what its code lenses and code actions ask for is shown in lists
// with a preview, not in the messages that the server has for editors without an extension.

/** The commands, with a URI and a position as arguments. */
export const command = {
  showRelated: "semantic/showRelated",
  showDuplicates: "semantic/showDuplicates",
} as const;

/** By name: what is done instead, with the command's arguments. */
export type Commands = ReadonlyMap<string, (args: unknown[]) => Promise<void>>;

/** The language client's middleware for workspace/executeCommand. */
export function instead(own: Commands) {
  return (name: string, args: unknown[], next: (name: string, args: unknown[]) => unknown): unknown => {
    const run = own.get(name);
    return run === undefined ? next(name, args) : run(args);
  };
}
