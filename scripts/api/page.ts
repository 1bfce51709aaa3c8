import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { type Chapter, chaptersOf, type PublicName } from './chapters.ts';
import {
  type Callable,
  callableOf,
  declarationText,
  interfaceText,
  publicMembers,
  shownTypes,
  signatureText,
} from './declaration.ts';
import { type Docstring, docstringOf } from './docstring.ts';

const ROOT = new URL('../../', import.meta.url);
/** What can be imported, from where. */
const ENTRIES = { fiducial: 'src/index.ts', 'fiducial/node': 'src/node/index.ts' };

/** The page, and what its reader would miss. */
export interface ApiPage {
  readonly markdown: string;
  /** `train: no example`; nothing where everything is told. */
  readonly gaps: readonly string[];
}

/** Describes everything that can be imported, from the docstrings in the sources. */
export function apiPage(): ApiPage {
  return new PageWriter(loadProgram()).write();
}

function loadProgram(): ts.Program {
  const { config } = ts.readConfigFile(
    fileURLToPath(new URL('tsconfig.json', ROOT)),
    ts.sys.readFile,
  );
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, fileURLToPath(ROOT));
  return ts.createProgram(Object.values(ENTRIES).map(pathOf), options);
}

const pathOf = (entry: string): string => fileURLToPath(new URL(entry, ROOT));

class PageWriter {
  private readonly checker: ts.TypeChecker;
  private readonly chapters: readonly { readonly from: string; readonly chapter: Chapter }[];
  private readonly anchors = new Map<string, string>();
  /** What can be imported. */
  private readonly known: ReadonlySet<ts.Symbol>;
  private readonly gaps = new Set<string>();

  constructor(program: ts.Program) {
    this.checker = program.getTypeChecker();
    this.chapters = Object.entries(ENTRIES).flatMap(([from, entry]) =>
      chaptersOf(program.getSourceFile(pathOf(entry))!, this.checker).map((chapter) => ({
        from,
        chapter,
      })),
    );
    this.known = new Set(
      this.chapters.flatMap(({ chapter }) => chapter.exports.map(({ symbol }) => symbol)),
    );
    this.numberAnchors();
  }

  write(): ApiPage {
    const list = this.chapters.map(
      ({ chapter }) =>
        `- [${chapter.title}](${this.anchor(`# ${chapter.title}`)}): ${inOrder(chapter)
          .filter(({ isType }) => !isType)
          .map(({ name }) => `[\`${name}\`](${this.anchor(name)})`)
          .join(', ')}`,
    );
    const markdown = [
      '# The library',
      '<!-- Made by "npm run build:api" from src/index.ts, src/node/index.ts and the docstrings. -->',
      'Everything that `fiducial` and `fiducial/node` export. The former runs in Node, in workers and in browsers; the latter reads and writes files. Coordinates are in pixels: (0, 0) is the upper left corner of the picture, (0.5, 0.5) the centre of its first pixel.',
      list.join('\n'),
      ...this.chapters.flatMap(({ from, chapter }) => this.chapterText(from, chapter)),
    ];
    return { markdown: `${markdown.join('\n\n')}\n`, gaps: [...this.gaps] };
  }

  /** GitHub numbers headings that differ in capital letters at most. */
  private numberAnchors(): void {
    const counts = new Map<string, number>();
    const add = (key: string, heading: string): void => {
      const slug = heading
        .toLowerCase()
        .replace(/[^\w -]/g, '')
        .replaceAll(' ', '-');
      const count = counts.get(slug) ?? 0;
      counts.set(slug, count + 1);
      this.anchors.set(key, count === 0 ? `#${slug}` : `#${slug}-${count}`);
    };
    add('', 'The library');
    for (const { chapter } of this.chapters) {
      add(`# ${chapter.title}`, chapter.title);
      for (const { name } of inOrder(chapter)) add(name, name);
    }
  }

  private anchor(key: string): string {
    return this.anchors.get(key)!;
  }

  private chapterText(from: string, chapter: Chapter): string[] {
    const imported = from === 'fiducial' ? '' : ` Imported from \`${from}\`.`;
    return [
      `## ${chapter.title}`,
      `${this.linked(chapter.about)}${imported}`,
      ...inOrder(chapter).flatMap((one) => this.entry(one)),
    ];
  }

  private entry({ name, symbol }: PublicName): string[] {
    const declaration = symbol.declarations![0]!;
    const heading = `### ${name}`;
    const callable = callableOf(name, declaration);
    if (callable) return [heading, ...this.callableText(callable, 'function ')];
    if (ts.isClassDeclaration(declaration)) return [heading, ...this.classText(name, declaration)];
    const doc = this.docstring(name, declaration);
    const parts = ts.isInterfaceDeclaration(declaration) ? this.fields(declaration) : [declaration];
    for (const part of parts) this.requireKnown(name, part);
    return [
      heading,
      this.linked(doc.text),
      code(
        parts[0] === declaration
          ? declarationText(declaration, this.checker)
          : interfaceText(name, parts),
      ),
      ...doc.examples.map(code),
    ];
  }

  /** An interface as a whole; where it extends what cannot be imported, all of its fields. */
  private fields(declaration: ts.InterfaceDeclaration): ts.Declaration[] {
    const extended = (declaration.heritageClauses ?? []).flatMap(({ types }) => [...types]);
    const names = extended.flatMap((type) => shownTypes(type, this.checker));
    if (names.every((symbol) => this.known.has(symbol))) return [declaration];
    const type = this.checker.getTypeAtLocation(declaration);
    return this.checker.getPropertiesOfType(type).map((field) => field.declarations![0]!);
  }

  private callableText(callable: Callable, prefix: string, owner = ''): string[] {
    const { node, documented } = callable;
    const name = `${owner}${callable.name}`;
    this.requireKnown(name, node);
    const doc = this.docstring(name, documented);
    // A method is shown in the example of its class; what takes nothing needs none.
    if (doc.examples.length === 0 && node.parameters.length > 0 && !ts.isMethodDeclaration(node)) {
      this.gaps.add(`${name}: no example`);
    }
    const told = doc.parameters.map((parameter) => parameter.name);
    for (const { name: parameter, type } of node.parameters) {
      if (!ts.isIdentifier(parameter) || told.includes(parameter.text)) continue;
      // The type of its own tells what it is.
      if (type && ts.isTypeReferenceNode(type) && this.isExported(type.typeName)) continue;
      this.gaps.add(`${name}: nothing about ${parameter.text}`);
    }
    return [code(signatureText(callable, this.checker, prefix)), ...this.docText(doc)];
  }

  private isExported(name: ts.EntityName): boolean {
    const symbol = this.checker.getSymbolAtLocation(name)!;
    return this.known.has(
      symbol.flags & ts.SymbolFlags.Alias ? this.checker.getAliasedSymbol(symbol) : symbol,
    );
  }

  private classText(name: string, declaration: ts.ClassDeclaration): string[] {
    const doc = this.docstring(name, declaration);
    const members = publicMembers(declaration);
    const fields = members.filter((member) => !ts.isMethodDeclaration(member));
    const fieldLines = fields.flatMap((member) => this.fieldLines(name, member));
    const methods = members.filter(ts.isMethodDeclaration).flatMap((node) => {
      const isStatic = ts.getCombinedModifierFlags(node) & ts.ModifierFlags.Static;
      const callable = { name: node.name.getText(), node, documented: node };
      return [
        `#### ${name}.${callable.name}`,
        ...this.callableText(callable, isStatic ? 'static ' : '', `${name}.`),
      ];
    });
    return [
      this.linked(doc.text),
      ...doc.examples.map(code),
      ...(fieldLines.length > 0 ? [code(fieldLines.join('\n'))] : []),
      ...methods,
    ];
  }

  /** A field, an accessor or a constructor that users call, in the form of a declaration. */
  private fieldLines(name: string, member: ts.ClassElement): string[] {
    const { text } = docstringOf(member);
    const comment = text === '' ? [] : [`/** ${text.replaceAll('\n', ' ')} */`];
    if (ts.isConstructorDeclaration(member)) {
      this.requireKnown(name, member);
      return [
        ...comment,
        `${signatureText({ name, node: member, documented: member }, this.checker, 'new ').replace(/: void$|: [^:)]*$/, '')}`,
      ];
    }
    const type = this.checker.typeToString(this.checker.getTypeAtLocation(member));
    const writable =
      ts.isPropertyDeclaration(member) &&
      !(ts.getCombinedModifierFlags(member) & ts.ModifierFlags.Readonly);
    return [...comment, `${writable ? '' : 'readonly '}${member.name!.getText()}: ${type}`];
  }

  private docText(doc: Docstring): string[] {
    const facts = [
      ...doc.parameters.map(({ name, text }) => `- \`${name}\`: ${text}`),
      ...(doc.returns ? [`- returns ${doc.returns}`] : []),
      ...doc.throws.map((text) => `- throws ${text}`),
    ];
    return [
      this.linked(doc.text),
      ...(facts.length > 0 ? [this.linked(facts.map(indented).join('\n'))] : []),
      ...doc.examples.map(code),
    ];
  }

  private docstring(name: string, node: ts.Node): Docstring {
    const doc = docstringOf(node);
    if (doc.text === '') this.gaps.add(`${name}: no sentence that says what it is`);
    return doc;
  }

  /** A type that is shown and cannot be imported leaves its reader alone. */
  private requireKnown(name: string, node: ts.Node): void {
    for (const symbol of shownTypes(node, this.checker)) {
      const file = symbol.declarations?.[0]?.getSourceFile().fileName ?? '';
      const own = file.startsWith(fileURLToPath(ROOT)) && !file.includes('/node_modules/');
      const isParameter = symbol.flags & ts.SymbolFlags.TypeParameter;
      if (own && !isParameter && !this.known.has(symbol)) {
        this.gaps.add(`${name}: shows the type ${symbol.name}, which is not exported`);
      }
    }
  }

  /** Prose in which names of exports lead to their entries. */
  private linked(text: string): string {
    return text.replace(/`(\w+)`/g, (whole, name: string) => {
      const anchor = this.anchors.get(name);
      return anchor ? `[${whole}](${anchor})` : whole;
    });
  }
}

/** What does something comes before what it takes and gives. */
function inOrder({ exports }: Chapter): PublicName[] {
  const rank = ({ isType, symbol }: PublicName): number => {
    if (isType) return 3;
    if (symbol.flags & ts.SymbolFlags.Class) return 1;
    return callableOf(symbol.name, symbol.declarations![0]!) ? 0 : 2;
  };
  return [...exports].sort((a, b) => rank(a) - rank(b));
}

const code = (text: string): string => `\`\`\`ts\n${text}\n\`\`\``;

/** Lines of a list's item. */
const indented = (text: string): string => text.replaceAll('\n', '\n  ');
