//! Who may come in: the person's answers, the questions that stand, and who waits for them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use domain::asker::Asker;
use domain::gate::{self, Gate, Question, Reply, Verdict};
use domain::ids::GrantId;
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;

use super::held;
use crate::clock;

/// Where questions go. Without one, whoever wants to be let in is refused.
pub type Questions = mpsc::UnboundedSender<Question>;

/// What became of somebody at the door.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Entry {
    Open,
    /// The person said no, now or a moment ago.
    Refused,
    /// The person was asked and said nothing.
    Unanswered,
    /// There is nobody who could be asked.
    NobodyToAsk,
}

/// A handle: clones are the same door.
#[derive(Clone)]
pub(super) struct Door {
    state: Arc<Mutex<State>>,
    questions: Option<Questions>,
}

/// Under one lock: who joins a question that is just being given up would wait in vain.
#[derive(Default)]
struct State {
    gate: Gate,
    waiting: HashMap<u32, Waiting>,
}

/// A question that stands.
struct Waiting {
    reply: watch::Sender<Option<Reply>>,
    /// For all who wait: the person sees one question with one end.
    until: Instant,
}

impl Door {
    pub(super) fn new(questions: Option<Questions>) -> Self {
        Self { state: Arc::default(), questions }
    }

    pub(super) fn has_somebody_to_ask(&self) -> bool {
        self.questions.is_some()
    }

    pub(super) fn answer(&self, question: u32, reply: Reply) {
        let mut state = held(&self.state);
        if state.gate.answered(question, reply, clock::now())
            && let Some(waiting) = state.waiting.remove(&question)
        {
            let _ = waiting.reply.send(Some(reply));
        }
    }

    pub(super) fn is_quiet(&self) -> bool {
        held(&self.state).gate.is_quiet(clock::now())
    }

    /// Asks the person, unless an answer of theirs still counts. Whoever gives up asking drops this; a question that
    /// nobody waits for any more is over.
    pub(super) async fn let_in(&self, grant: &GrantId, asker: &Asker) -> Entry {
        let mut place = match self.line_up(grant, asker) {
            Ok(place) => place,
            Err(entry) => return entry,
        };
        match place.reply().await {
            Some(Reply::Once | Reply::ForAWhile) => Entry::Open,
            Some(Reply::Deny) => Entry::Refused,
            None => Entry::Unanswered,
        }
    }

    fn line_up(&self, grant: &GrantId, asker: &Asker) -> Result<Place, Entry> {
        let Some(questions) = &self.questions else { return Err(Entry::NobodyToAsk) };
        let mut state = held(&self.state);
        let id = match state.gate.asked(grant, asker, clock::now()) {
            Verdict::Open => return Err(Entry::Open),
            Verdict::Refused => return Err(Entry::Refused),
            Verdict::Ask(id) => id,
        };
        if let Some(waiting) = state.waiting.get(&id) {
            return Ok(Place::new(self, id, waiting));
        }
        let question = Question::Asked { id, asker: asker.clone(), grant: grant.clone() };
        if questions.send(question).is_err() {
            state.gate.given_up(id);
            return Err(Entry::NobodyToAsk);
        }
        let until = Instant::now() + Duration::try_from(gate::PATIENCE).unwrap_or_default();
        let waiting = Waiting { reply: watch::Sender::new(None), until };
        let place = Place::new(self, id, &waiting);
        state.waiting.insert(id, waiting);
        Ok(place)
    }

    /// Somebody has left. The last one takes the question with them.
    fn left(&self, id: u32, place: watch::Receiver<Option<Reply>>) {
        let mut state = held(&self.state);
        // Under the lock, or two who leave at once would each take the other for one who stays.
        drop(place);
        if state.waiting.get(&id).is_some_and(|waiting| waiting.reply.receiver_count() == 0) {
            state.waiting.remove(&id);
            state.gate.given_up(id);
            if let Some(questions) = &self.questions {
                let _ = questions.send(Question::Over { id });
            }
        }
    }
}

/// A place in front of the door, which whoever has it leaves by dropping it.
struct Place {
    door: Door,
    id: u32,
    until: Instant,
    reply: Option<watch::Receiver<Option<Reply>>>,
}

impl Place {
    fn new(door: &Door, id: u32, waiting: &Waiting) -> Self {
        Self { door: door.clone(), id, until: waiting.until, reply: Some(waiting.reply.subscribe()) }
    }

    /// `None`: there was none in time.
    async fn reply(&mut self) -> Option<Reply> {
        let reply = self.reply.as_mut()?;
        let replied = tokio::time::timeout_at(self.until, reply.wait_for(Option::is_some)).await;
        replied.ok()?.ok().and_then(|reply| *reply)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some(reply) = self.reply.take() {
            self.door.left(self.id, reply);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::asker::Process;
    use domain::ids::{AccountId, PortalName, RoleName};

    fn grant() -> GrantId {
        GrantId {
            portal: PortalName::parse("corp").unwrap(),
            account_id: AccountId::parse("111122223333").unwrap(),
            role_name: RoleName::parse("Admin").unwrap(),
        }
    }

    fn asker(program: &str) -> Asker {
        let process = Process { pid: 7, program: program.to_owned(), is_wrapper: false };
        Asker { processes: vec![process], ..Asker::default() }
    }

    fn door() -> (Door, mpsc::UnboundedReceiver<Question>) {
        let (sender, receiver) = mpsc::unbounded_channel();
        (Door::new(Some(sender)), receiver)
    }

    fn comes(door: &Door, program: &str) -> tokio::task::JoinHandle<Entry> {
        let (door, asker) = (door.clone(), asker(program));
        tokio::spawn(async move { door.let_in(&grant(), &asker).await })
    }

    async fn asked(questions: &mut mpsc::UnboundedReceiver<Question>) -> u32 {
        match questions.recv().await {
            Some(Question::Asked { id, .. }) => id,
            other => panic!("{other:?}"),
        }
    }

    /// Until all tasks have done what they can.
    async fn settle() {
        for _ in 0..20 {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn many_of_one_program_are_one_question() {
        let (door, mut questions) = door();
        let all = [(); 5].map(|()| comes(&door, "/bin/tf"));
        let id = asked(&mut questions).await;
        settle().await;
        assert!(questions.is_empty() && !door.is_quiet());
        door.answer(id, Reply::Once);
        for one in all {
            assert_eq!(one.await.unwrap(), Entry::Open);
        }
        assert!(door.is_quiet() && questions.is_empty(), "an answer ends it without a word");
        let again = comes(&door, "/bin/tf");
        assert_ne!(asked(&mut questions).await, id, "once is once");
        again.abort();
    }

    #[tokio::test]
    async fn the_last_one_to_leave_takes_the_question_along() {
        let (door, mut questions) = door();
        let (first, second) = (comes(&door, "/bin/tf"), comes(&door, "/bin/tf"));
        let id = asked(&mut questions).await;
        settle().await;
        first.abort();
        settle().await;
        assert!(questions.is_empty(), "somebody waits still");
        second.abort();
        assert_eq!(questions.recv().await, Some(Question::Over { id }));
        assert!(door.is_quiet());
        // What is answered too late is answered to nobody, and lets nobody in later.
        door.answer(id, Reply::ForAWhile);
        let third = comes(&door, "/bin/tf");
        assert_ne!(asked(&mut questions).await, id);
        third.abort();
    }

    #[tokio::test]
    async fn those_who_leave_at_once_leave_nothing_behind() {
        let (door, mut questions) = door();
        let places: Vec<Place> =
            (0..64).map(|_| door.line_up(&grant(), &asker("/bin/tf")).ok().unwrap()).collect();
        let id = asked(&mut questions).await;
        let threads = places.into_iter().map(|place| std::thread::spawn(move || drop(place)));
        threads.collect::<Vec<_>>().into_iter().for_each(|thread| thread.join().unwrap());
        assert_eq!(questions.try_recv(), Ok(Question::Over { id }));
        assert!(questions.is_empty() && door.is_quiet());
    }

    #[tokio::test]
    async fn a_person_who_says_nothing_has_not_said_yes() {
        let (door, mut questions) = door();
        let mut place = door.line_up(&grant(), &asker("/bin/tf")).ok().unwrap();
        let id = asked(&mut questions).await;
        place.until = Instant::now();
        assert_eq!(place.reply().await, None);
        drop(place);
        assert_eq!(questions.recv().await, Some(Question::Over { id }));
        assert_eq!(Door::new(None).let_in(&grant(), &asker("/bin/tf")).await, Entry::NobodyToAsk);
        drop(questions);
        assert_eq!(door.let_in(&grant(), &asker("/bin/tf")).await, Entry::NobodyToAsk);
        assert!(door.is_quiet());
    }

    #[tokio::test]
    async fn no_is_no_for_all_of_them() {
        let (door, mut questions) = door();
        let (first, second) = (comes(&door, "/bin/tf"), comes(&door, "/bin/tf"));
        let other = comes(&door, "/bin/other");
        let (id, another) = (asked(&mut questions).await, asked(&mut questions).await);
        door.answer(id, Reply::Deny);
        door.answer(another, Reply::ForAWhile);
        let came = [first.await.unwrap(), second.await.unwrap(), other.await.unwrap()];
        assert!(came.contains(&Entry::Refused) && came.contains(&Entry::Open), "{came:?}");
        assert!(!door.is_quiet(), "answers that count would be lost");
    }
}
