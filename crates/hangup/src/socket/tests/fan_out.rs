//! Kicks and deliveries from other threads.

use std::time::Duration;

use tokio::time::Instant;

use super::{
    super::{
        core::{Removal, Undelivered},
        shared_frames::SharedFrames,
    },
    *,
};

/// Behind a kick nothing but the rest of one frame comes before the Close frame, and whoever waits for it is woken.
#[test]
fn a_kick_from_another_thread_is_written_and_answered() {
    fn kicks() {
        let pipe = Pipe::of(Some(5));
        let (shared, task) = connection(&pipe, FRAME);
        let sending = Sender::new(Arc::clone(&shared));
        let sending = thread::spawn(move || {
            block_on(async {
                for _ in 0..4 {
                    if sending.send_text("before").await.is_err() {
                        break;
                    }
                }
            });
        });
        let kicking = thread::spawn(move || {
            let close = Close::new(CloseCode::of::<4000>(), "bye");
            block_on(shared.kick(&close, Instant::now() + Duration::from_secs(3600)))
        });
        let mut bytes = Vec::new();
        while !bytes.ends_with(b"\x88\x05\x0f\xa0bye") {
            bytes.extend(pipe.read());
        }
        let sent = &bytes[..bytes.len() - 7];
        assert!(
            sent.chunks(FRAME).all(|frame| frame == b"\x81\x06before"),
            "{}",
            bytes.escape_ascii()
        );
        pipe.write(&[0x88, 0x82, 0, 0, 0, 0, 0x0f, 0xa0]);
        assert_eq!(kicking.join().unwrap(), Removal::Closed);
        sending.join().unwrap();
        pipe.finish();
        task.join().unwrap();
    }
    let clock = clock();
    let _deadlines = clock.enter();
    shuttle::check_random(kicks, SCHEDULES / 3);
    shuttle::check_pct(kicks, SCHEDULES / 3, 3);
}

/// What is delivered is in order, beside what the connection's senders send, and all of it is written.
#[test]
fn what_is_delivered_from_another_thread_is_written_although_the_endpoint_sleeps() {
    fn delivers() {
        let pipe = Pipe::of(Some(5));
        let (shared, task) = connection(&pipe, 2 * FRAME);
        let sending = send(&shared, 'a', 2);
        let delivering = thread::spawn(move || {
            let mut number = 0;
            while number < 3 {
                let message = Message::from(format!("b{number:05}"));
                match shared.lock().deliver(&SharedFrames::of(&message), 2 * FRAME) {
                    Ok(()) => number += 1,
                    Err(Undelivered::Full { missed }) => {
                        assert_eq!(missed, 1);
                        thread::yield_now();
                    }
                    Err(other) => panic!("{other:?}"),
                }
            }
        });
        let mut bytes = Vec::new();
        while bytes.len() < 5 * FRAME {
            bytes.extend(pipe.read());
        }
        for (name, count) in [(b'a', 2), (b'b', 3)] {
            let numbers = bytes.chunks(FRAME).filter(|frame| frame[2] == name);
            let numbers: Vec<_> = numbers.map(|frame| usize::from(frame[7] - b'0')).collect();
            assert_eq!(
                numbers,
                (0..count).collect::<Vec<_>>(),
                "{}",
                bytes.escape_ascii()
            );
        }
        sending.join().unwrap();
        delivering.join().unwrap();
        pipe.finish();
        task.join().unwrap();
    }
    let clock = clock();
    let _deadlines = clock.enter();
    shuttle::check_random(delivers, SCHEDULES / 3);
}
