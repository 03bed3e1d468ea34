import { existsSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import ts from 'typescript';
import { listMutants, mutated, type Mutant } from './mutants';

/** `noUnusedLocals` and `noUnusedParameters`: what a fault leaves unused is no reason not to try it. */
const UNUSED = new Set([6133, 6138, 6192, 6196, 6198]);

/** The project's compiler, for lib with one source changed at a time. */
export class Compiler {
  /** Sources of lib below the project, with slashes. */
  readonly files: string[];
  readonly #root: string;
  readonly #options: ts.CompilerOptions;
  readonly #service: ts.LanguageService;
  readonly #changed = new Map<string, { text: string; version: number }>();

  /**
   * @param root the project's folder
   * @throws Error where tsconfig.json cannot be read
   */
  constructor(root: string) {
    this.#root = root;
    const path = join(root, 'tsconfig.json');
    const { config } = ts.readConfigFile(path, (name) => readFileSync(name, 'utf8')) as { config?: object };
    if (!config) throw new Error(`${path} cannot be read`);
    const { options, fileNames } = ts.parseJsonConfigFileContent({ ...config, include: ['lib/**/*.ts'] }, ts.sys, root);
    this.#options = options;
    this.files = fileNames.map((name) => relative(root, name).split(sep).join('/')).sort();
    this.#service = ts.createLanguageService({
      getScriptFileNames: () => fileNames,
      getScriptVersion: (name) => String(this.#changed.get(name)?.version ?? 0),
      getScriptSnapshot: (name) => {
        const text = this.#changed.get(name)?.text ?? (existsSync(name) ? readFileSync(name, 'utf8') : undefined);
        return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
      },
      getCompilationSettings: () => options,
      getCurrentDirectory: () => root,
      getDefaultLibFileName: (settings) => ts.getDefaultLibFilePath(settings),
      fileExists: (name) => ts.sys.fileExists(name),
      readFile: (name) => ts.sys.readFile(name),
      directoryExists: (name) => ts.sys.directoryExists(name),
      getDirectories: (name) => ts.sys.getDirectories(name),
    });
  }

  /** @returns a source's text as it is */
  textOf(file: string): string {
    return readFileSync(join(this.#root, file), 'utf8');
  }

  /** All small faults that could be put into these sources. */
  mutantsOf(files: readonly string[]): Mutant[] {
    const program = this.#service.getProgram();
    const checker = program?.getTypeChecker();
    return files.flatMap((file) => {
      const source = program?.getSourceFile(join(this.#root, file));
      return source && checker ? listMutants(source, file, checker) : [];
    });
  }

  /** Names that stand at the top of a source as constants, with the places where functions use them. */
  usesOf(mutant: Mutant): number[] {
    const source = this.#service.getProgram()?.getSourceFile(join(this.#root, mutant.file));
    const statement = source?.statements.find(({ pos, end }) => pos <= mutant.start && mutant.start < end);
    if (!source || !statement || !ts.isVariableStatement(statement)) return [];
    const names = new Set(
      statement.declarationList.declarations.flatMap(({ name }) => (ts.isIdentifier(name) ? name.text : [])),
    );
    const uses: number[] = [];
    const visit = (node: ts.Node): void => {
      if (ts.isIdentifier(node) && names.has(node.text)) uses.push(node.getStart(source));
      ts.forEachChild(node, visit);
    };
    for (const other of source.statements) if (other !== statement) visit(other);
    return uses;
  }

  /** Whether the source with the fault in it is still one that the compiler takes. */
  takes(mutant: Mutant): boolean {
    const name = join(this.#root, mutant.file);
    const version = (this.#changed.get(name)?.version ?? 0) + 1;
    this.#changed.set(name, { text: mutated(this.textOf(mutant.file), mutant), version });
    const problems = [
      ...this.#service.getSyntacticDiagnostics(name),
      ...this.#service.getSemanticDiagnostics(name),
    ].filter(({ code, category }) => category === ts.DiagnosticCategory.Error && !UNUSED.has(code));
    this.#changed.set(name, { text: this.textOf(mutant.file), version: version + 1 });
    return problems.length === 0;
  }

  /** @returns a source compiled as the build does it */
  compile(file: string, text: string): string {
    // As CommonJS whatever package.json says, with import() left as it is.
    const fileName = file.replace(/\.ts$/, '.cts');
    const compilerOptions = { ...this.#options, sourceMap: false, incremental: false };
    return ts.transpileModule(text, { fileName, compilerOptions }).outputText;
  }
}
