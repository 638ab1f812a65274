//! What a client is yet to take.

/// Bytes that are sent as the client takes them.
#[derive(Debug, Default)]
pub(super) struct Unsent {
    bytes: Vec<u8>,
    /// How many of them have been sent.
    start: usize,
}

impl Unsent {
    /// Adds bytes at the end; where there are none, without a copy.
    pub(super) fn push(&mut self, bytes: Vec<u8>) {
        if self.is_empty() {
            *self = Self { bytes, start: 0 };
        } else {
            self.bytes.extend_from_slice(&bytes);
        }
    }

    /// What is to be sent next.
    #[must_use]
    pub(super) fn rest(&self) -> &[u8] {
        self.bytes.get(self.start..).unwrap_or_default()
    }

    /// How many bytes are left.
    #[must_use]
    pub(super) fn len(&self) -> usize {
        self.rest().len()
    }

    /// Whether all has been sent.
    #[must_use]
    pub(super) fn is_empty(&self) -> bool {
        self.rest().is_empty()
    }

    /// Says that the next `count` bytes have been sent.
    pub(super) fn consume(&mut self, count: usize) {
        self.start += count;
        if self.is_empty() {
            *self = Self::default();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_added_is_sent_in_its_order_and_then_forgotten() {
        let mut unsent = Unsent::default();
        unsent.push(b"abc".to_vec());
        unsent.consume(2);
        unsent.push(b"de".to_vec());
        assert_eq!((unsent.rest(), unsent.len()), (&b"cde"[..], 3));
        unsent.consume(3);
        assert!(unsent.is_empty());
        assert_eq!(unsent.bytes.capacity(), 0);
    }
}
