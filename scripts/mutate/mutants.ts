import ts from 'typescript';

/** One small fault: a piece of a source, and what takes its place. */
export interface Mutant {
  /** `lib/filter/filter.ts:12:5:flip`, which `--mutant` takes. */
  id: string;
  /** Path of the source below the project, with slashes. */
  file: string;
  /** The piece, characters from the source's beginning. */
  start: number;
  end: number;
  replacement: string;
  /** What kind of fault it is. */
  kind: string;
  /** Line of the source, from 1 on. */
  line: number;
}

/** Which operator takes another's place, and what kind of fault that is. */
const SWAPS: Partial<Record<ts.SyntaxKind, [replacement: string, kind: string][]>> = {
  [ts.SyntaxKind.LessThanToken]: [
    ['<=', 'bound'],
    ['>=', 'comparison'],
  ],
  [ts.SyntaxKind.LessThanEqualsToken]: [
    ['<', 'bound'],
    ['>', 'comparison'],
  ],
  [ts.SyntaxKind.GreaterThanToken]: [
    ['>=', 'bound'],
    ['<=', 'comparison'],
  ],
  [ts.SyntaxKind.GreaterThanEqualsToken]: [
    ['>', 'bound'],
    ['<', 'comparison'],
  ],
  [ts.SyntaxKind.EqualsEqualsEqualsToken]: [['!==', 'comparison']],
  [ts.SyntaxKind.ExclamationEqualsEqualsToken]: [['===', 'comparison']],
  [ts.SyntaxKind.PlusToken]: [['-', 'arithmetic']],
  [ts.SyntaxKind.MinusToken]: [['+', 'arithmetic']],
  [ts.SyntaxKind.AsteriskToken]: [['/', 'arithmetic']],
  [ts.SyntaxKind.SlashToken]: [['*', 'arithmetic']],
  [ts.SyntaxKind.PercentToken]: [['*', 'arithmetic']],
  [ts.SyntaxKind.LessThanLessThanToken]: [['>>', 'arithmetic']],
  [ts.SyntaxKind.GreaterThanGreaterThanToken]: [['<<', 'arithmetic']],
  [ts.SyntaxKind.GreaterThanGreaterThanGreaterThanToken]: [['<<', 'arithmetic']],
  [ts.SyntaxKind.AmpersandToken]: [['|', 'arithmetic']],
  [ts.SyntaxKind.BarToken]: [['&', 'arithmetic']],
  [ts.SyntaxKind.PlusEqualsToken]: [['-=', 'arithmetic']],
  [ts.SyntaxKind.MinusEqualsToken]: [['+=', 'arithmetic']],
  [ts.SyntaxKind.AsteriskEqualsToken]: [['/=', 'arithmetic']],
  [ts.SyntaxKind.SlashEqualsToken]: [['*=', 'arithmetic']],
  [ts.SyntaxKind.AmpersandAmpersandToken]: [['||', 'logic']],
  [ts.SyntaxKind.BarBarToken]: [['&&', 'logic']],
};

const OTHER_FUNCTION: Partial<Record<string, string>> = {
  min: 'max',
  max: 'min',
  floor: 'ceil',
  ceil: 'floor',
  some: 'every',
  every: 'some',
};

/** Calls that give something like what they are called on. */
const PASSING = new Set(['filter', 'slice', 'sort', 'reverse', 'trim', 'trimEnd', 'toSorted']);

/** What other means than tests judge, by the path of the source: how pictures look, and what trainings are given. */
const JUDGED_ELSEWHERE: [path: RegExp, kinds: string[]][] = [
  // Where things stand in pictures and words that people look at.
  [
    /^lib\/(explain\/(?!outcomes|stages)|evaluate\/pictures|annotate\/overlay|pictures\/(stroke-font|lettering))/,
    ['number', 'arithmetic', 'function', 'bound', 'comparison'],
  ],
  [/^lib\/train\/report\/(card|samples-sheet)/, ['number', 'arithmetic', 'function']],
  // How much drawn digits vary, and how long and fast a network learns from them, is chosen by training.
  [/^lib\/train\/(synthesis|loop|data)\//, ['number']],
];

/** Where a message is made for a human, and no test reads each word. */
const WORDS = /^(describe|describeValue|inWords|log|warn)$/;

/** A longer list of numbers is a drawing or a table. */
const MOST_NUMBERS = 3;

/** No test has a clock: what a comment says is a time is left as it is. */
const TIME = /\b(milliseconds?|seconds?|ms|hours?|minutes?)\b/i;

/** Whole numbers up to this become one more or one less, others twice or half as large. */
const SMALL = 5;

/**
 * Lists the small faults that could be put into a source. Left out is what no test should notice: types, the words of
 * errors, time limits, tables of numbers.
 * @param file path of the source below the project, with slashes
 * @param checker tells numbers from texts
 */
export function listMutants(source: ts.SourceFile, file: string, checker: ts.TypeChecker): Mutant[] {
  const mutants: Mutant[] = [];
  const twinsOf = new Map<string, number>();
  const elsewhere = new Set(JUDGED_ELSEWHERE.flatMap(([path, kinds]) => (path.test(file) ? kinds : [])));
  const add = (node: ts.Node, replacement: string, kind: string): void => {
    if (elsewhere.has(kind)) return;
    const start = node.getStart(source);
    const { line, character } = source.getLineAndCharacterOfPosition(start);
    const id = `${file}:${line + 1}:${character + 1}:${kind}`;
    const twins = twinsOf.get(id) ?? 0;
    twinsOf.set(id, twins + 1);
    mutants.push({
      id: twins > 0 ? `${id}-${twins + 1}` : id,
      file,
      start,
      end: node.end,
      replacement,
      kind,
      line: line + 1,
    });
  };
  const visit = (node: ts.Node): void => {
    if (isLeftOut(node)) return;
    mutate(node, source, checker, add);
    ts.forEachChild(node, visit);
  };
  ts.forEachChild(source, visit);
  return mutants;
}

type Add = (node: ts.Node, replacement: string, kind: string) => void;

function mutate(node: ts.Node, source: ts.SourceFile, checker: ts.TypeChecker, add: Add): void {
  if (ts.isBinaryExpression(node)) ofBinary(node, source, checker, add);
  else if (ts.isPrefixUnaryExpression(node)) ofPrefix(node, source, add);
  else if (ts.isNumericLiteral(node)) ofNumber(node, source, add);
  else if (node.kind === ts.SyntaxKind.TrueKeyword) add(node, 'false', 'boolean');
  else if (node.kind === ts.SyntaxKind.FalseKeyword) add(node, 'true', 'boolean');
  else if (ts.isAwaitExpression(node)) add(node, node.expression.getText(source), 'await');
  else if (ts.isConditionalExpression(node)) ofChoice(node, source, add);
  else if (ts.isCallExpression(node)) ofCall(node, source, add);
  else if (ts.isIfStatement(node)) {
    add(node.expression, 'true as boolean', 'condition');
    add(node.expression, 'false as boolean', 'condition');
  } else if (ts.isExpressionStatement(node)) ofStatement(node, add);
}

function ofPrefix(node: ts.PrefixUnaryExpression, source: ts.SourceFile, add: Add): void {
  const { operator, operand } = node;
  if (operator === ts.SyntaxKind.ExclamationToken) add(node, operand.getText(source), 'negation');
  if (operator === ts.SyntaxKind.MinusToken) add(node, operand.getText(source), 'sign');
}

function ofChoice(node: ts.ConditionalExpression, source: ts.SourceFile, add: Add): void {
  if (isText(node.whenTrue) && isText(node.whenFalse)) return;
  add(node, node.whenTrue.getText(source), 'choice');
  add(node, node.whenFalse.getText(source), 'choice');
}

function ofStatement(node: ts.ExpressionStatement, add: Add): void {
  const inner = ts.isAwaitExpression(node.expression) ? node.expression.expression : node.expression;
  if (ts.isCallExpression(inner) && inner.expression.kind !== ts.SyntaxKind.SuperKeyword) add(node, ';', 'call');
}

function ofBinary(node: ts.BinaryExpression, source: ts.SourceFile, checker: ts.TypeChecker, add: Add): void {
  const { left, right, operatorToken } = node;
  if (operatorToken.kind === ts.SyntaxKind.QuestionQuestionToken) {
    add(node, right.getText(source), 'default');
    return;
  }
  for (const [replacement, kind] of SWAPS[operatorToken.kind] ?? []) {
    if (kind !== 'arithmetic' || (isNumber(left, checker) && isNumber(right, checker)))
      add(operatorToken, replacement, kind);
  }
}

function ofNumber(node: ts.NumericLiteral, source: ts.SourceFile, add: Add): void {
  const text = node.getText(source);
  const value = Number(text.replaceAll('_', ''));
  if (Number.isInteger(value) && value <= SMALL) {
    add(node, String(value + 1), 'number');
    if (value > 0) add(node, String(value - 1), 'number');
  } else {
    const isWhole = Number.isInteger(value);
    add(node, String(value * 2), 'number');
    add(node, String(isWhole ? Math.floor(value / 2) : value / 2), 'number');
  }
}

function ofCall(node: ts.CallExpression, source: ts.SourceFile, add: Add): void {
  if (!ts.isPropertyAccessExpression(node.expression)) return;
  const { name, expression } = node.expression;
  const other = OTHER_FUNCTION[name.text];
  if (other !== undefined) add(name, other, 'function');
  if (PASSING.has(name.text)) add(node, expression.getText(source), 'dropped');
}

function isNumber(node: ts.Expression, checker: ts.TypeChecker): boolean {
  return (checker.getTypeAtLocation(node).flags & ts.TypeFlags.NumberLike) !== 0;
}

/** What is only types, brings in other modules, or is told to people. */
const LEFT_OUT: readonly ((node: ts.Node) => boolean)[] = [
  ts.isTypeNode,
  ts.isInterfaceDeclaration,
  ts.isTypeAliasDeclaration,
  ts.isImportDeclaration,
  ts.isExportDeclaration,
  ts.isThrowStatement,
  ts.isRegularExpressionLiteral,
];

function isLeftOut(node: ts.Node): boolean {
  if (LEFT_OUT.some((is) => is(node))) return true;
  if (ts.isNewExpression(node)) return /Error$/.test(node.expression.getText());
  if (ts.isFunctionDeclaration(node)) return node.body === undefined || WORDS.test(node.name?.text ?? '');
  if (ts.isCallExpression(node)) {
    const name = ts.isPropertyAccessExpression(node.expression) ? node.expression.name : node.expression;
    return /^console\./.test(node.expression.getText()) || WORDS.test(name.getText());
  }
  if (ts.isArrayLiteralExpression(node)) return node.elements.filter(isPlainNumber).length > MOST_NUMBERS;
  if (ts.isVariableStatement(node) || ts.isPropertyDeclaration(node) || ts.isPropertyAssignment(node))
    return isTime(node);
  return false;
}

/** Which of two texts a human is told is as little tested as each word is. */
function isText(node: ts.Expression): boolean {
  return ts.isStringLiteralLike(node) || ts.isTemplateExpression(node);
}

function isPlainNumber(node: ts.Expression): boolean {
  const inner = ts.isPrefixUnaryExpression(node) ? node.operand : node;
  return ts.isNumericLiteral(inner) || (ts.isArrayLiteralExpression(inner) && inner.elements.some(isPlainNumber));
}

/** Whether a comment before a plain number says that it is a time. */
function isTime(node: ts.Node): boolean {
  const comments = ts.getLeadingCommentRanges(node.getSourceFile().text, node.pos) ?? [];
  const text = comments.map(({ pos, end }) => node.getSourceFile().text.slice(pos, end)).join('\n');
  return /\d/.test(node.getText()) && !node.getText().includes('=>') && TIME.test(text);
}

/** The source with the fault in it. */
export function mutated(text: string, { start, end, replacement }: Mutant): string {
  return text.slice(0, start) + replacement + text.slice(end);
}
