/** A file to be written, or a file that is there with what it then holds. */
export interface ScaffoldFile {
  readonly path: string;
  readonly text: string;
}

export interface ScaffoldOptions {
  /** The word under `type` in the configuration, such as `google_chat`. */
  readonly provider: string;
  /** The text of a file by its path from the root; undefined when there is none. */
  readonly read: (path: string) => string | undefined;
}

export interface Scaffold {
  readonly created: readonly ScaffoldFile[];
  readonly changed: readonly ScaffoldFile[];
}

const templates: readonly { readonly template: string; readonly path: (file: string) => string }[] = [
  { template: 'notifier.ts', path: (file) => `notifiers/${file}/${file}-notifier.ts` },
  { template: 'message.ts', path: (file) => `notifiers/${file}/${file}-message.ts` },
  { template: 'notifier.test.ts', path: (file) => `notifiers/${file}/${file}-notifier.test.ts` },
  { template: 'fake.ts', path: (file) => `test/support/fake-${file}.ts` },
  { template: 'channel.ts', path: (file) => `config/channels/${file}.ts` },
  { template: 'how-to.md', path: (file) => `docs/how-to/${file}.md` },
];

/**
 * A new notifier: its folder, test server, channel type and page, and the places that must know of it. Nothing is written.
 * Throws when the name is none, something of it is there already, or a place is not as it was.
 */
export function scaffoldNotifier({ provider, read }: ScaffoldOptions): Scaffold {
  if (!/^[a-z][a-z0-9]*(?:_[a-z0-9]+)*$/.test(provider) || provider.length > 30) {
    throw new Error('a name has at most 30 lower-case letters, digits and single "_", such as google_chat');
  }
  const names = namesOf(provider);
  const created = templates.map(({ template, path }) => {
    const text = read(`dev/notifier-template/${template}.txt`);
    if (text === undefined) throw new Error(`the template ${template} is missing`);
    return { path: path(names.file), text: filled(text, names) };
  });
  for (const { path } of created) {
    if (read(path) !== undefined) throw new Error(`${path} is there already`);
  }
  const changed = places(names).map(({ path, edits }) => {
    const before = read(path);
    if (before === undefined) throw new Error(`${path} is missing`);
    return { path, text: edits.reduce((text, edit) => edited(text, edit, path), before) };
  });
  return { created, changed };
}

interface Names {
  readonly provider: string;
  readonly file: string;
  readonly camel: string;
  readonly pascal: string;
  readonly env: string;
}

function namesOf(provider: string): Names {
  const pascal = provider.replace(/(?:^|_)([a-z0-9])/g, (_, first: string) => first.toUpperCase());
  return {
    provider,
    file: provider.replaceAll('_', '-'),
    camel: pascal.charAt(0).toLowerCase() + pascal.slice(1),
    pascal,
    env: provider.toUpperCase(),
  };
}

function filled(template: string, names: Names): string {
  return template.replace(/\{\{(provider|file|camel|pascal|env)\}\}/g, (_, name: keyof Names) => names[name]);
}

/** `text` goes right before the one place where `before` stands. */
interface Edit {
  readonly before: string;
  readonly text: string;
}

function edited(text: string, { before, text: addition }: Edit, path: string): string {
  const at = text.indexOf(before);
  if (at === -1 || text.indexOf(before, at + 1) !== -1) {
    throw new Error(`${path} has no longer the one line ${JSON.stringify(before.trim())}`);
  }
  return text.slice(0, at) + addition + text.slice(at);
}

function places({
  provider,
  file,
  camel,
  pascal,
}: Names): readonly { path: string; edits: readonly Edit[] }[] {
  const destination = `  | { readonly provider: '${provider}'; readonly url: string; readonly token: string }\n`;
  const notifier = `      return create${pascal}Notifier({ url: channel.url, token: channel.token, onUnknown, http, now });\n`;
  return [
    {
      path: 'domain/channel/channel.ts',
      edits: [
        { before: "  | { readonly provider: 'console' }", text: destination },
        { before: "  'console',\n] as const", text: `  '${provider}',\n` },
      ],
    },
    {
      path: 'config/channels/channel-types.ts',
      edits: [
        { before: 'import { consoleChannel }', text: `import { ${camel}Channel } from './${file}.ts';\n` },
        { before: '  consoleChannel,\n', text: `  ${camel}Channel,\n` },
      ],
    },
    {
      path: 'notifiers/create-notifiers.ts',
      edits: [
        {
          before: 'import { createConsoleNotifier }',
          text: `import { create${pascal}Notifier } from './${file}/${file}-notifier.ts';\n`,
        },
        { before: "    case 'console':\n", text: `    case '${provider}':\n${notifier}` },
      ],
    },
  ];
}
