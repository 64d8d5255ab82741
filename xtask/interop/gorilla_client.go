// gorilla/websocket: orders on standard input, one a line, and for each a line with its reports.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

type order struct {
	Address string
	Deflate bool
	Limit   int
	Cases   []testCase
}

type testCase struct {
	Path    string
	Headers [][2]string
	Script  [][]interface{}
}

type report struct {
	Opened   bool            `json:"opened"`
	Status   int             `json:"status,omitempty"`
	Headers  [][2]string     `json:"headers,omitempty"`
	Body     string          `json:"body,omitempty"`
	Messages []interface{}   `json:"messages"`
	Close    *[2]interface{} `json:"close,omitempty"`
	Trouble  string          `json:"trouble,omitempty"`
}

// receive takes note of one message; false at the end.
func receive(connection *websocket.Conn, seen *report) bool {
	kind, data, err := connection.ReadMessage()
	if closed, is := err.(*websocket.CloseError); is {
		seen.Close = &[2]interface{}{closed.Code, closed.Text}
		// What it says of an end without a Close frame.
		if closed.Code == websocket.CloseAbnormalClosure {
			seen.Trouble = closed.Error()
		}
		return false
	}
	if err != nil {
		seen.Trouble = err.Error()
		return false
	}
	if kind == websocket.TextMessage {
		seen.Messages = append(seen.Messages, string(data))
		return true
	}
	numbers := make([]int, len(data))
	for at, value := range data {
		numbers[at] = int(value)
	}
	seen.Messages = append(seen.Messages, numbers)
	return true
}

func play(connection *websocket.Conn, script [][]interface{}, seen *report) {
	for _, step := range script {
		var err error
		switch step[0] {
		case "text":
			err = connection.WriteMessage(websocket.TextMessage, []byte(step[1].(string)))
		case "binary":
			var data []byte
			for _, value := range step[1].([]interface{}) {
				data = append(data, byte(value.(float64)))
			}
			err = connection.WriteMessage(websocket.BinaryMessage, data)
		case "await":
			for len(seen.Messages) < int(step[1].(float64)) && receive(connection, seen) {
			}
		case "close":
			payload := websocket.FormatCloseMessage(int(step[1].(float64)), step[2].(string))
			err = connection.WriteControl(websocket.CloseMessage, payload, time.Now().Add(time.Second))
		default:
			err = fmt.Errorf("this client cannot do %v", step[0])
		}
		// The server may have closed already: what it has sent is still there to be read.
		if err != nil {
			break
		}
	}
	for seen.Close == nil && receive(connection, seen) {
	}
}

func run(all order, test testCase) (seen report) {
	seen.Messages = []interface{}{}
	limit := time.Duration(all.Limit) * time.Second
	dialer := websocket.Dialer{HandshakeTimeout: limit, EnableCompression: all.Deflate}
	headers := http.Header{}
	for _, pair := range test.Headers {
		headers.Add(pair[0], pair[1])
	}
	connection, response, err := dialer.Dial("ws://"+all.Address+test.Path, headers)
	if err != nil {
		if response == nil {
			seen.Trouble = err.Error()
			return
		}
		seen.Status = response.StatusCode
		for name, values := range response.Header {
			seen.Headers = append(seen.Headers, [2]string{name, values[0]})
		}
		// Its own bound: the first KiB.
		body, _ := io.ReadAll(response.Body)
		if len(body) < 1024 {
			seen.Body = string(body)
		}
		return
	}
	defer connection.Close()
	seen.Opened = true
	_ = connection.SetReadDeadline(time.Now().Add(limit))
	play(connection, test.Script, &seen)
	return
}

func main() {
	orders := bufio.NewReader(os.Stdin)
	for {
		line, err := orders.ReadBytes('\n')
		if err != nil {
			return
		}
		var all order
		if err := json.Unmarshal(line, &all); err != nil {
			panic(err)
		}
		reports := make([]report, len(all.Cases))
		var group sync.WaitGroup
		for at := range all.Cases {
			group.Add(1)
			go func(at int) {
				defer group.Done()
				reports[at] = run(all, all.Cases[at])
			}(at)
		}
		group.Wait()
		if err := json.NewEncoder(os.Stdout).Encode(reports); err != nil {
			panic(err)
		}
	}
}
