import ts from 'typescript';

/** Something callable, with the places of its parameters named. */
export interface Callable {
  readonly name: string;
  readonly node: ts.FunctionLikeDeclaration;
  /** Where its docstring stands. */
  readonly documented: ts.Node;
}

/** A function, or a constant that holds one; undefined for anything else. */
export function callableOf(name: string, declaration: ts.Declaration): Callable | undefined {
  if (ts.isFunctionDeclaration(declaration)) {
    return { name, node: declaration, documented: declaration };
  }
  if (!ts.isVariableDeclaration(declaration)) return undefined;
  const { initializer } = declaration;
  return initializer && ts.isArrowFunction(initializer)
    ? { name, node: initializer, documented: declaration }
    : undefined;
}

/** Members of a class that its users see. */
export const publicMembers = (declaration: ts.ClassDeclaration): ts.ClassElement[] =>
  declaration.members.filter(
    (member) =>
      !(ts.getCombinedModifierFlags(member) & ts.ModifierFlags.Private) &&
      !(member.name && ts.isPrivateIdentifier(member.name)) &&
      ts.getJSDocTags(member).every(({ tagName }) => tagName.text !== 'internal'),
  );

/**
 * The line with which a function is declared, without its body.
 *
 * @param prefix before its name: `function `, `static `
 */
export function signatureText(
  { name, node, documented }: Callable,
  checker: ts.TypeChecker,
  prefix: string,
): string {
  const names = parameterNames(documented);
  const parameters = node.parameters.map((parameter, i) => {
    const own = ts.isIdentifier(parameter.name) ? parameter.name.text : (names[i] ?? 'options');
    const optional = parameter.initializer || parameter.questionToken ? '?' : '';
    const rest = parameter.dotDotDotToken ? '...' : '';
    const type = parameter.type
      ? oneLine(parameter.type)
      : checker.typeToString(checker.getTypeAtLocation(parameter));
    return `${rest}${own}${optional}: ${type}`;
  });
  const generics = node.typeParameters?.map((parameter) => parameter.getText()).join(', ');
  const signature = checker.getSignatureFromDeclaration(node)!;
  const result = node.type
    ? oneLine(node.type)
    : checker.typeToString(checker.getReturnTypeOfSignature(signature));
  const head = `${prefix}${name}${generics ? `<${generics}>` : ''}`;
  const line = `${head}(${parameters.join(', ')}): ${result}`;
  return line.length <= 100
    ? line
    : `${head}(\n${parameters.map((parameter) => `  ${parameter},\n`).join('')}): ${result}`;
}

/** A type, an interface or a constant as its source has it, without `export` and without its value. */
export function declarationText(declaration: ts.Declaration, checker: ts.TypeChecker): string {
  if (ts.isVariableDeclaration(declaration)) {
    const type =
      declaration.type?.getText() ?? checker.typeToString(checker.getTypeAtLocation(declaration));
    return `const ${declaration.name.getText()}: ${type}`;
  }
  return declaration.getText().replace(/^export /, '');
}

/** An interface of some fields, each with its docstring. */
export function interfaceText(name: string, fields: readonly ts.Declaration[]): string {
  const lines = fields.map((field) => {
    const source = field.getSourceFile().text;
    const [doc] = ts.getJSDocCommentsAndTags(field);
    return `  ${source.slice((doc ?? field).getStart(), field.end)}`;
  });
  return `interface ${name} {\n${lines.join('\n')}\n}`;
}

/** Types of the project that a declaration shows to its reader. */
export function shownTypes(node: ts.Node, checker: ts.TypeChecker): ts.Symbol[] {
  const found: ts.Symbol[] = [];
  const visit = (child: ts.Node): void => {
    // What a function does inside is nobody's business.
    if (ts.isBlock(child) || (ts.isArrowFunction(node) && child === node.body)) return;
    const name = ts.isTypeReferenceNode(child)
      ? child.typeName
      : ts.isExpressionWithTypeArguments(child)
        ? child.expression
        : undefined;
    const symbol = name && checker.getSymbolAtLocation(name);
    if (symbol) {
      found.push(symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol);
    }
    ts.forEachChild(child, visit);
  };
  visit(node);
  return found;
}

const parameterNames = (documented: ts.Node): string[] =>
  ts
    .getJSDocTags(documented)
    .filter(ts.isJSDocParameterTag)
    .map(({ name }) => name.getText());

const oneLine = (node: ts.Node): string =>
  node
    .getText()
    .replace(/\/\*\*.*?\*\//gs, '')
    .replace(/\s+/g, ' ')
    .replace(/; \}/g, ' }');
