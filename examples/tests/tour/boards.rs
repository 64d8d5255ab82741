//! The typed endpoints of the tour: the board, and the lenient one.

use std::{
    io::{Read, Write},
    net::TcpStream,
};

use super::{Tour, frame};

/// Sends a short text in one masked frame.
fn say(stream: &mut TcpStream, text: &str) {
    let length = u8::try_from(text.len()).unwrap();
    assert!(length <= 125);
    let mut bytes = vec![0x81, 0x80 | length, 0, 0, 0, 0];
    bytes.extend(text.bytes());
    stream.write_all(&bytes).unwrap();
}

/// The text of the next message, of any length up to 64 KiB.
fn heard(stream: &mut TcpStream) -> String {
    let mut start = [0; 2];
    stream.read_exact(&mut start).unwrap();
    assert_eq!(start[0], 0x81);
    let mut length = u16::from(start[1]);
    if length == 126 {
        let mut long = [0; 2];
        stream.read_exact(&mut long).unwrap();
        length = u16::from_be_bytes(long);
    }
    let mut text = vec![0; length.into()];
    stream.read_exact(&mut text).unwrap();
    String::from_utf8(text).unwrap()
}

/// The code and the reason of the Close frame that comes next.
fn closed(stream: &mut TcpStream) -> (u16, String) {
    let (opcode, payload) = frame(stream);
    assert_eq!(opcode, 8);
    let (code, reason) = payload.split_at(2);
    let reason = String::from_utf8(reason.to_vec()).unwrap();
    (u16::from_be_bytes([code[0], code[1]]), reason)
}

fn play_valid_commands(board: &mut TcpStream) {
    for (command, event) in [
        (
            r#"{"type":"say","text":"hi"}"#,
            r#"{"type":"said","who":"ann","text":"hi"}"#,
        ),
        (r#"{"type":"move","x":1}"#, r#"{"type":"moved","x":1,"y":0}"#),
        (
            r#"{"y":3,"x":99,"type":"move"}"#,
            r#"{"type":"moved","x":99,"y":3}"#,
        ),
        (
            r#"{"type":"save","id":7,"title":"t"}"#,
            r#"{"type":"saved","id":7}"#,
        ),
    ] {
        say(board, command);
        assert_eq!(heard(board), event);
    }
}

#[test]
fn the_board_answers_commands_and_closes_with_the_errors_of_an_invalid_one() {
    let tour = Tour::start(&[]);
    for (command, member) in [
        (r#"{"type":"say","text":""}"#, "text"),
        (r#"{"type":"move","x":100}"#, "x"),
        (r#"{"type":"save","title":"t"}"#, "id"),
        (r#"{"type":"sing"}"#, "type"),
    ] {
        let mut board = tour.open("/board/ws?name=ann");
        play_valid_commands(&mut board);
        say(&mut board, command);
        let (code, reason) = closed(&mut board);
        assert_eq!(code, 1008, "{command}: {reason}");
        assert!(reason.contains(member), "{command}: {reason}");
    }
    let mut board = tour.open("/board/ws?name=ann");
    say(&mut board, "no json");
    assert_eq!(closed(&mut board).0, 1007);
}

#[test]
fn the_lenient_board_answers_what_is_invalid_and_closes_at_the_eighth_in_a_row() {
    let tour = Tour::start(&[]);
    let mut board = tour.open("/board-lenient/ws?name=ann");
    let invalid = r#"{"type":"move","x":100}"#;
    for _ in 0..2 {
        for _ in 0..7 {
            say(&mut board, invalid);
            let answer = heard(&mut board);
            assert!(answer.starts_with(r#"{"type":"invalid","errors":[{"#), "{answer}");
            assert!(
                answer.contains(r#""type":"less_than""#) && answer.contains(r#""x""#),
                "{answer}"
            );
        }
        // A valid one begins the row anew.
        play_valid_commands(&mut board);
    }
    for _ in 0..7 {
        say(&mut board, invalid);
        heard(&mut board);
    }
    say(&mut board, invalid);
    let (code, reason) = closed(&mut board);
    assert_eq!(code, 1008, "{reason}");
}
