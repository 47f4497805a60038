// Judges histories of one register with porcupine: a line of JSON is a history, a line of output its verdict.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"

	"github.com/anishathalye/porcupine"
)

type operation struct {
	Kind  string  `json:"kind"`
	Value string  `json:"value"`
	Start int64   `json:"start"`
	End   int64   `json:"end"`
	Seen  *string `json:"seen"`
}

var register = porcupine.Model{
	Init: func() interface{} { return (*string)(nil) },
	Step: func(state, input, output interface{}) (bool, interface{}) {
		if op := input.(operation); op.Kind == "set" {
			return true, &op.Value
		}
		held, seen := state.(*string), output.(*string)
		return held == seen || (held != nil && seen != nil && *held == *seen), state
	},
	Equal: func(one, other interface{}) bool {
		a, b := one.(*string), other.(*string)
		return a == b || (a != nil && b != nil && *a == *b)
	},
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(make([]byte, 1<<20), 1<<28)
	for lines.Scan() {
		var history []operation
		if err := json.Unmarshal(lines.Bytes(), &history); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		var operations []porcupine.Operation
		for _, op := range history {
			operations = append(operations, porcupine.Operation{
				Input: op, Output: op.Seen, Call: op.Start, Return: op.End,
			})
		}
		fmt.Println(porcupine.CheckOperations(register, operations))
	}
}
