package chunk

// Kind says what a symbol is, in the numbers of the Language Server Protocol's SymbolKind, so that a server converts by
// assignment. The zero Kind, Text, is a chunk that belongs to no symbol.
type Kind uint8

// The kinds, 1 to 26 as the protocol numbers them. Languages map onto them as editors expect: a trait or protocol is an
// Interface, a union a Struct, a type alias or other named type a Class, a function-like macro a Function, another macro a
// Constant, and a heading of prose a String.
const (
	Text Kind = iota
	FileKind
	Module
	Namespace
	Package
	Class
	Method
	Property
	Field
	Constructor
	Enum
	Interface
	Function
	Variable
	Constant
	String
	Number
	Boolean
	Array
	Object
	Key
	Null
	EnumMember
	Struct
	Event
	Operator
	TypeParameter
)

// String is the kind in one lower-case word: "function", "enummember", "text".
func (k Kind) String() string {
	switch k {
	case FileKind:
		return "file"
	case Module:
		return "module"
	case Namespace:
		return "namespace"
	case Package:
		return "package"
	case Class:
		return "class"
	case Method:
		return "method"
	case Property:
		return "property"
	case Field:
		return "field"
	case Constructor:
		return "constructor"
	case Enum:
		return "enum"
	case Interface:
		return "interface"
	case Function:
		return "function"
	case Variable:
		return "variable"
	case Constant:
		return "constant"
	case String:
		return "string"
	case Number:
		return "number"
	case Boolean:
		return "boolean"
	case Array:
		return "array"
	case Object:
		return "object"
	case Key:
		return "key"
	case Null:
		return "null"
	case EnumMember:
		return "enummember"
	case Struct:
		return "struct"
	case Event:
		return "event"
	case Operator:
		return "operator"
	case TypeParameter:
		return "typeparameter"
	default:
		return "text"
	}
}

// callable says that code is run by the symbol's name.
func (k Kind) callable() bool { return k == Function || k == Method || k == Constructor }

// holds says that the kind is a type or a module: what has members.
func (k Kind) holds() bool {
	switch k {
	case Class, Struct, Interface, Enum, Module, Namespace, Package, Object:
		return true
	default:
		return false
	}
}
