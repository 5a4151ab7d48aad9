package clones

import (
	"strings"
	"sync"
)

// dialect is what the lexer knows of a language.
type dialect struct {
	comments []comment // a longer opening before a shorter one that it begins with
	quotes   []quote   // the same
	words    map[string]symbol
	patterns bool // a regular expression may stand between slashes
	class    [256]class
	inName   [256]bool // may go on with a name
}

type class uint8

const (
	isOther class = iota // punctuation
	isBlank
	isName
	isDigit
	isMark // a comment or a string may begin
)

type comment struct {
	open, close string // "\n" stays outside
	apart       bool   // it begins behind a blank only
}

type quote struct {
	open, close    string
	escapes, lines bool
	short          bool // one character, else the quote is something else
}

var (
	double     = quote{open: `"`, close: `"`, escapes: true}
	doubles    = quote{open: `"`, close: `"`, escapes: true, lines: true}
	single     = quote{open: "'", close: "'", escapes: true}
	char       = quote{open: "'", close: "'", escapes: true, short: true}
	backtick   = quote{open: "`", close: "`", escapes: true, lines: true}
	raw        = quote{open: "`", close: "`", lines: true}
	triple     = quote{open: `"""`, close: `"""`, escapes: true, lines: true}
	triples    = quote{open: `'''`, close: `'''`, escapes: true, lines: true}
	bracketed  = quote{open: "[[", close: "]]", lines: true}
	doubled    = quote{open: `"`, close: `"`}
	singled    = quote{open: "'", close: "'"}
	slashes    = comment{open: "//", close: "\n"}
	stars      = comment{open: "/*", close: "*/"}
	hash       = comment{open: "#", close: "\n"}
	apartHash  = comment{open: "#", close: "\n", apart: true}
	dashes     = comment{open: "--", close: "\n"}
	semicolons = comment{open: ";", close: "\n"}
	percents   = comment{open: "%", close: "\n"}
)

const longestKeyword = 16

// family is a row of the table: languages that one lexer reads.
type family struct {
	languages string
	comments  []comment
	quotes    []quote
	extra     string // bytes of names beside letters, digits, '_', '$' and everything beyond ASCII
	words     string // keywords: what a copy does not rename
}

const (
	// literals are values wherever they are written.
	literals = "true false nil null None True False NULL nullptr undefined TRUE FALSE YES NO Nothing nothing"
	// wordsOfC are the keywords that most languages with braces have.
	wordsOfC = "if else for while do switch case default break continue return goto"
	// wordsOfObjects are those of such languages that have classes as well.
	wordsOfObjects = wordsOfC + " class interface enum extends implements new this super static final const public private " +
		"protected abstract void throw try catch finally import package instanceof"
)

// families are the languages whose texts are compared. Data, markup and prose are not: without its names and its values
// nothing of them is left.
var families = []family{
	{
		"go",
		[]comment{slashes, stars},
		[]quote{double, raw, char},
		"",
		wordsOfC + " func type struct interface map chan range var const defer go select import package fallthrough",
	},
	{
		"c cpp objective-c glsl hlsl d",
		[]comment{slashes, stars},
		[]quote{double, char},
		"",
		wordsOfC + " struct union enum typedef static const volatile extern inline sizeof void int char long short unsigned signed " +
			"float double bool auto register class public private protected virtual template typename namespace using new delete " +
			"this throw try catch operator friend override constexpr noexcept explicit import module foreach define ifdef ifndef " +
			"elif endif include",
	},
	{
		"java csharp apex",
		[]comment{slashes, stars},
		[]quote{triple, double, char},
		"",
		wordsOfObjects + " int long short byte char float double boolean bool string var throws synchronized transient volatile " +
			"record sealed namespace using foreach in is as ref out params readonly internal override virtual " +
			"get set async await yield lock",
	},
	{
		"javascript typescript",
		[]comment{slashes, stars},
		[]quote{double, single, backtick},
		"",
		wordsOfObjects + " function var let in of typeof delete void async await yield export from as readonly declare " +
			"namespace get set keyof infer",
	},
	{
		"kotlin scala groovy dart",
		[]comment{slashes, stars},
		[]quote{triple, triples, double, single},
		"",
		wordsOfObjects + " fun def val var object when in is as trait extends with match lazy override open data sealed companion " +
			"suspend inline internal by typealias type implicit yield async await late required part mixin on",
	},
	{
		"swift",
		[]comment{slashes, stars},
		[]quote{triple, double},
		"",
		wordsOfC + " func let var class struct enum protocol extension guard in is as self Self init deinit throw throws try catch " +
			"rethrows where import public private internal fileprivate open static final override mutating lazy weak async await " +
			"associatedtype typealias some any defer repeat fallthrough",
	},
	{
		"rust zig",
		[]comment{slashes, stars},
		[]quote{doubles, char},
		"",
		"if else for while loop match return break continue fn let mut const static struct enum trait impl mod use pub crate self " +
			"Self super where as in move ref dyn unsafe async await type extern var switch try catch defer errdefer orelse " +
			"comptime union error unreachable and or usingnamespace inline export test",
	},
	{
		"solidity reason odin v wgsl",
		[]comment{slashes, stars},
		[]quote{double, single},
		"",
		wordsOfObjects + " contract function mapping struct event modifier memory storage returns require emit let fn fun module " +
			"proc var type using match begin end always assign input output wire reg",
	},
	{
		"php hack",
		[]comment{slashes, stars, hash},
		[]quote{double, single},
		"",
		wordsOfObjects + " function fn use namespace trait echo foreach as elseif endif endforeach array list isset unset empty " +
			"match var global yield require require_once include include_once insteadof clone print",
	},
	{
		"python starlark nim meson",
		[]comment{hash},
		[]quote{triple, triples, double, single},
		"",
		"if elif else for while in is not and or def class return yield break continue pass try except finally raise with as " +
			"import from lambda global nonlocal del assert async await match case self cls foreach endif endforeach endwhile " +
			"proc func let var const type of",
	},
	{
		"ruby crystal",
		[]comment{hash},
		[]quote{double, single},
		"@?",
		"if elsif else unless case when while until for in do end def class module return yield break next redo retry begin rescue " +
			"ensure raise then self super and or not alias undef defined? require require_relative include extend attr_reader " +
			"attr_accessor private protected public lambda proc",
	},
	{
		"bash fish",
		[]comment{apartHash},
		[]quote{double, single},
		"-",
		"if then elif else fi for while until do done case esac in function return exit break continue local export declare readonly " +
			"shift eval set unset source trap end begin switch",
	},
	{
		"lua",
		[]comment{{open: "--[[", close: "]]"}, dashes},
		[]quote{double, single, bracketed},
		"",
		"if then elseif else end for while repeat until do function local return break in and or not goto",
	},
	{
		"perl raku",
		[]comment{hash},
		[]quote{double, single},
		"@",
		"if elsif else unless for foreach while until do sub my our local return last next redo use no package require and or not eq " +
			"ne lt gt le ge cmp bless ref shift push die eval method class has is",
	},
	{
		"elixir",
		[]comment{hash},
		[]quote{triple, double, single},
		"?@",
		"def defp defmodule defmacro defstruct defimpl defprotocol do end if else unless case cond when fn with for in and or not " +
			"receive after rescue catch try raise use import alias require quote unquote @doc @spec @moduledoc",
	},
	{
		"julia r coffeescript",
		[]comment{{open: "#=", close: "=#"}, {open: "###", close: "###"}, hash},
		[]quote{triple, triples, double, single},
		"",
		"if elseif else for while do end function macro struct mutable module return break continue in begin let try catch finally " +
			"using import export const local global where abstract type repeat next library unless then class extends switch when " +
			"of and or not is isnt new",
	},
	{
		"haskell elm purescript ada vhdl",
		[]comment{{open: "{-", close: "-}"}, dashes},
		[]quote{triple, double, char},
		"'",
		"if then else case of let in where do data type newtype class instance deriving module import as qualified hiding infixl " +
			"infixr infix forall port procedure function begin end is loop exit return package body record for while when others select " +
			"entity architecture process signal variable constant elsif",
	},
	{
		"ocaml fsharp coq pascal",
		[]comment{{open: "(*", close: "*)"}, slashes},
		[]quote{triple, doubles, char},
		"'",
		"if then else elif match with function fun let rec and in type module struct sig end open include of mutable ref begin val " +
			"external method object class inherit virtual new try raise when as for while do done to downto lazy assert " +
			"member static abstract override default namespace use yield return async seq procedure var const program unit uses",
	},
	{
		"erlang prolog",
		[]comment{percents},
		[]quote{double, single},
		"",
		"if case of end when fun receive after begin try catch throw andalso orelse not and or module export import define record spec",
	},
	{
		"clojure lisp scheme racket elisp",
		[]comment{{open: "#|", close: "|#"}, semicolons},
		[]quote{doubles},
		"-?!*+/<>=:&.%",
		"defun define lambda let let* letrec if cond case when unless do loop begin progn setq set! quote defmacro defvar " +
			"defparameter defn defn- fn def ns require and or not let-values define-syntax syntax-rules defclass defmethod defgeneric " +
			"defstruct defcustom save-excursion interactive dolist dotimes while setf",
	},
	{
		"sql",
		[]comment{dashes, stars},
		[]quote{singled, doubled, raw},
		"",
		"select from where join left right inner outer on group by order having insert into values update set delete create table " +
			"view index function procedure trigger begin end if then else elsif case when loop for while return returns declare as and " +
			"or not in is exists union all distinct limit primary key references SELECT FROM WHERE JOIN LEFT RIGHT INNER OUTER ON GROUP " +
			"BY ORDER HAVING INSERT INTO VALUES UPDATE SET DELETE CREATE TABLE VIEW INDEX FUNCTION PROCEDURE TRIGGER BEGIN END IF " +
			"THEN ELSE ELSIF CASE WHEN LOOP FOR WHILE RETURN RETURNS DECLARE AS AND OR NOT IN IS EXISTS UNION ALL DISTINCT LIMIT " +
			"PRIMARY KEY REFERENCES",
	},
	{
		"powershell tcl awk cmake makefile nix jsonnet gleam cue",
		[]comment{{open: "<#", close: "#>"}, slashes, apartHash},
		[]quote{double, single},
		"-",
		"if else elseif endif for foreach while do switch case default break continue return function filter param begin process end " +
			"try catch finally throw in proc set local let rec with inherit then import assert macro endmacro endfunction " +
			"endforeach getline next exit print printf pub fn",
	},
	{
		"vim", nil,
		[]quote{singled},
		":",
		"if elseif else endif for endfor while endwhile function endfunction let call return try catch endtry def enddef in",
	},
	{
		"vb fortran matlab",
		[]comment{percents, {open: "!", close: "\n"}, {open: "'", close: "\n", apart: true}},
		[]quote{doubled},
		"",
		"if then else elseif end for next while do loop sub function dim as return select case call exit class module public private " +
			"property subroutine integer real character logical program implicit use allocate switch otherwise",
	},
	{
		"vue svelte astro",
		[]comment{{open: "<!--", close: "-->"}, slashes, stars},
		[]quote{double, single, backtick},
		"",
		wordsOfObjects + " function var let in of typeof async await export from as script template style div span",
	},
}

// dialects are the languages of families, by name.
var dialects = sync.OnceValue(func() map[string]*dialect {
	all, keywords := map[string]*dialect{}, map[string]symbol{}
	for i := range families {
		f := &families[i]
		d := f.dialect(keywords)
		for _, language := range strings.Fields(f.languages) {
			switch language {
			case "javascript", "ruby", "perl", "vue": // and what shares their lexers
				d.patterns = true
			}
			all[language] = d
		}
	}
	return all
})

// dialect makes the tables of the lexer. A keyword is the same symbol in all languages that have it.
func (f *family) dialect(keywords map[string]symbol) *dialect {
	d := &dialect{comments: f.comments, quotes: f.quotes, words: map[string]symbol{}}
	for b := range 256 {
		c := byte(b)
		lower := c | 0x20
		letter := lower >= 'a' && lower <= 'z' || c == '_' || c == '$' || c >= 0x80 || strings.IndexByte(f.extra, c) >= 0
		digit := c >= '0' && c <= '9'
		d.inName[b] = letter || digit
		switch {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v':
			d.class[b] = isBlank
		case digit:
			d.class[b] = isDigit
		case letter && c != '-':
			d.class[b] = isName
		}
	}
	for _, c := range f.comments {
		d.class[c.open[0]] = isMark
	}
	for _, q := range f.quotes {
		d.class[q.open[0]] = isMark
	}
	for _, w := range strings.Fields(f.words) {
		if keywords[w] == 0 {
			keywords[w] = firstKeyword + symbol(len(keywords))
		}
		d.words[w] = keywords[w]
	}
	for _, w := range strings.Fields(literals) {
		d.words[w] = literal
	}
	return d
}

// Code reports whether texts of a language, as package chunk names it, are compared.
func Code(language string) bool { return dialects()[language] != nil }
