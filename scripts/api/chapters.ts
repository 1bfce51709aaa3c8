import ts from 'typescript';

/** A part of the public library, as a comment in an index file heads it. */
export interface Chapter {
  readonly title: string;
  readonly about: string;
  readonly exports: readonly PublicName[];
}

/** Something that a user can import. */
export interface PublicName {
  readonly name: string;
  readonly symbol: ts.Symbol;
  /** Whether it is a type alone. */
  readonly isType: boolean;
}

/**
 * The chapters of an index file: a comment `// # Title`, with sentences in the lines below, begins one
 * that holds the exports down to the next.
 *
 * @throws Error for an export before the first title, and for one that is not listed by its name
 */
export function chaptersOf(source: ts.SourceFile, checker: ts.TypeChecker): Chapter[] {
  const chapters: (Chapter & { readonly exports: PublicName[] })[] = [];
  for (const statement of source.statements) {
    const heading = headingOf(source, statement);
    if (heading) chapters.push({ ...heading, exports: [] });
    if (!ts.isExportDeclaration(statement) || !statement.exportClause) {
      throw new Error(`${source.fileName}: expected lists of exports alone`);
    }
    if (!ts.isNamedExports(statement.exportClause)) {
      throw new Error(`${source.fileName}: an export is not listed by its name`);
    }
    const chapter = chapters.at(-1);
    if (!chapter) throw new Error(`${source.fileName}: an export before the first "// # Title"`);
    for (const specifier of statement.exportClause.elements) {
      chapter.exports.push({
        name: specifier.name.text,
        symbol: checker.getAliasedSymbol(checker.getSymbolAtLocation(specifier.name)!),
        isType: statement.isTypeOnly || specifier.isTypeOnly,
      });
    }
  }
  return chapters;
}

function headingOf(
  source: ts.SourceFile,
  statement: ts.Statement,
): Pick<Chapter, 'title' | 'about'> | undefined {
  const lines = (ts.getLeadingCommentRanges(source.text, statement.pos) ?? [])
    .filter(({ kind }) => kind === ts.SyntaxKind.SingleLineCommentTrivia)
    .map(({ pos, end }) => source.text.slice(pos, end).replace(/^\/\/ ?/, ''));
  const title = /^# (.+)$/.exec(lines[0] ?? '')?.[1];
  return title === undefined ? undefined : { title, about: lines.slice(1).join(' ') };
}
