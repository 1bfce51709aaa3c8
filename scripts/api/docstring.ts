import ts from 'typescript';

/** What a docstring says, part by part. */
export interface Docstring {
  /** Paragraphs and lists in Markdown. */
  readonly text: string;
  readonly parameters: readonly { readonly name: string; readonly text: string }[];
  readonly returns: string;
  readonly throws: readonly string[];
  readonly examples: readonly string[];
}

/** Reads the docstring of a declaration. */
export function docstringOf(node: ts.Node): Docstring {
  const [doc] = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc).slice(-1);
  const tags = ts.getJSDocTags(node);
  const named = (name: string): string[] =>
    tags.filter(({ tagName }) => tagName.text === name).map(commentText);
  return {
    text: doc ? commentText(doc) : '',
    parameters: tags
      .filter(ts.isJSDocParameterTag)
      .map((tag) => ({ name: tag.name.getText(), text: commentText(tag) })),
    returns: named('returns').join(' '),
    throws: tags.filter(ts.isJSDocThrowsTag).map(throwsText),
    examples: tags.filter(({ tagName }) => tagName.text === 'example').map(commentText),
  };
}

const commentText = ({ comment }: { readonly comment?: ts.JSDoc['comment'] }): string =>
  (ts.getTextOfJSDocComment(comment) ?? '').trim();

/** Where the error's name stands without braces, it is the beginning of the sentence. */
const throwsText = (tag: ts.JSDocThrowsTag): string =>
  `${tag.typeExpression?.type.getText() ?? ''} ${commentText(tag)}`.trim();
