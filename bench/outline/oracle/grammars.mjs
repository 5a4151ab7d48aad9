// Which nodes of each tree-sitter grammar define something: the module, its table of nodes, what makes all inside it local
// beside functions, what is no end of a definition beside comments, and in which files the grammar is lost: Swift's does not know
// raw strings of several lines and reads their text as code.
import { java, csharp, rust, php, scala, kotlin, swift, zig, dart } from './curly.mjs'
import { ruby, bash, elixir, lua, julia, r, perl, clojure } from './scripts.mjs'
import { decorative, haskell, ocaml } from './functional.mjs'
import { c, cpp } from './c.mjs'

export const grammars = {
  java: { wasm: 'tree-sitter-java/tree-sitter-java.wasm', nodes: java, locals: ['lambda_expression', 'static_initializer'] },
  csharp: {
    wasm: 'tree-sitter-c-sharp/tree-sitter-c_sharp.wasm',
    nodes: csharp,
    locals: ['lambda_expression', 'anonymous_method_expression'],
  },
  rust: { wasm: 'tree-sitter-rust/tree-sitter-rust.wasm', nodes: rust, locals: ['closure_expression'] },
  ruby: { wasm: 'tree-sitter-ruby/tree-sitter-ruby.wasm', nodes: ruby },
  php: {
    wasm: 'tree-sitter-php/tree-sitter-php.wasm',
    nodes: php,
    locals: ['anonymous_function', 'arrow_function', 'anonymous_function_creation_expression'],
  },
  bash: { wasm: 'tree-sitter-bash/tree-sitter-bash.wasm', nodes: bash },
  scala: {
    wasm: 'tree-sitter-scala/tree-sitter-scala.wasm',
    nodes: scala,
    locals: ['block', 'indented_block', 'case_block', 'lambda_expression'],
  },
  haskell: { wasm: 'tree-sitter-haskell/tree-sitter-haskell.wasm', nodes: haskell, comments: decorative },
  kotlin: {
    wasm: '@tree-sitter-grammars/tree-sitter-kotlin/tree-sitter-kotlin.wasm',
    nodes: kotlin,
    locals: ['lambda_literal', 'anonymous_function', 'object_literal'],
  },
  swift: { wasm: '@cursorless/tree-sitter-wasms/out/tree-sitter-swift.wasm', nodes: swift, locals: ['lambda_literal'], lost: /#+"""/ },
  elixir: { wasm: 'tree-sitter-elixir/tree-sitter-elixir.wasm', nodes: elixir },
  lua: { wasm: '@tree-sitter-grammars/tree-sitter-lua/tree-sitter-lua.wasm', nodes: lua, locals: ['function_definition'] },
  zig: { wasm: '@tree-sitter-grammars/tree-sitter-zig/tree-sitter-zig.wasm', nodes: zig, locals: ['block'] },
  dart: {
    wasm: '@cursorless/tree-sitter-wasms/out/tree-sitter-dart.wasm',
    nodes: dart,
    locals: ['function_body', 'function_expression'],
  },
  ocaml: {
    wasm: 'tree-sitter-ocaml/tree-sitter-ocaml.wasm',
    interface: 'tree-sitter-ocaml/tree-sitter-ocaml_interface.wasm',
    interfaceExt: '.mli',
    nodes: ocaml,
  },
  julia: {
    wasm: 'tree-sitter-julia/tree-sitter-julia.wasm',
    nodes: julia,
    locals: ['do_clause', 'let_statement', 'function_expression'],
  },
  perl: {
    wasm: '@cursorless/tree-sitter-wasms/out/tree-sitter-perl.wasm',
    nodes: perl,
    comments: /comment|pod/,
    locals: ['anonymous_function'],
  },
  clojure: { wasm: '@cursorless/tree-sitter-wasms/out/tree-sitter-clojure.wasm', nodes: clojure },
  r: { wasm: '@eagleoutice/tree-sitter-r/tree-sitter-r.wasm', nodes: r, locals: ['function_definition', 'braced_expression'] },
  c: { wasm: 'tree-sitter-c/tree-sitter-c.wasm', nodes: c },
  cpp: { wasm: 'tree-sitter-cpp/tree-sitter-cpp.wasm', nodes: cpp, locals: ['lambda_expression'] },
}
