//! `HubMembership`: the tags and subscriptions of one connection, which end with it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use smallvec::SmallVec;
use tokio::time::Instant;

use super::{
    channel::Channel,
    error::{SubscribeError, TagError},
    member::HubMember,
    options::{EngineLoss, SlowSubscriber},
    readiness::ReadinessState,
    slots::SkipNotice,
    state::HubState,
    tag::Tag,
};
use crate::socket::{Attached, NotAttached, Shared};

/// The part of one connection in a hub.
pub(super) struct HubMembership {
    member: HubMember,
    hub: Arc<HubState>,
    lane: u16,
    holds: Mutex<Holds>,
}

#[derive(Default)]
struct Holds {
    is_over: bool,
    tags: Vec<Tag>,
    topics: SmallVec<[HeldTopic; 1]>,
}

struct HeldTopic {
    channel: Arc<Channel>,
    slot: u32,
}

/// Below which name the engine carries messages for a tag.
pub(super) const TAG_TOPIC: &str = "hangup:tag:";

pub(super) fn topic_of_tag(tag: &Tag) -> Arc<str> {
    format!("{TAG_TOPIC}{tag}").into()
}

impl HubMembership {
    /// The membership of a connection in this hub, which begins here if there is none yet.
    pub(super) fn of(shared: &Arc<Shared>, hub: &Arc<HubState>) -> Result<Arc<Self>, SubscribeError> {
        let attached = shared.lock().attach(|| {
            Arc::new(Self {
                member: HubMember::new(Arc::clone(shared)),
                hub: Arc::clone(hub),
                lane: hub.next_lane(),
                holds: Mutex::default(),
            })
        });
        match attached {
            Ok(membership) if Arc::ptr_eq(&membership.hub, hub) => Ok(membership),
            Ok(_) | Err(NotAttached::OfOtherType) => Err(SubscribeError::OtherHub),
            Err(NotAttached::Ended) => Err(SubscribeError::Ended),
        }
    }

    fn holds(&self) -> MutexGuard<'_, Holds> {
        self.holds.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives the connection a tag, unless a kick is in force for it.
    pub(super) async fn tag(&self, tag: Tag) -> Result<(), TagError> {
        let hub = &self.hub;
        if !hub.is_name(tag.as_str()) {
            return Err(TagError::InvalidName);
        }
        // First the place among the kicks: whatever is stored from here on holds for this tag.
        let (asked, asked_at) = (hub.kicks.count(), Instant::now());
        self.ready().await?;
        {
            let mut holds = self.holds();
            if holds.tags.contains(&tag) {
                return Ok(());
            }
            if holds.tags.len() >= hub.options.tags_per_connection {
                return Err(TagError::TooMany);
            }
            if !holds.is_over {
                holds.tags.reserve_exact(1);
                holds.tags.push(tag.clone());
                hub.tags.insert(&tag, self.member.clone(), asked, asked_at);
                if let Some(remote) = &hub.remote {
                    remote.interest.add(&topic_of_tag(&tag));
                }
            }
        }
        // Registered first, looked second: a kick that is not seen here sees this connection.
        if let Some(close) = hub.kicks.in_force(&tag, asked) {
            return Err(TagError::Kicked(close));
        }
        if let Some(remote) = &hub.remote
            && remote.readiness.get() == ReadinessState::Ready
        {
            // Messages for the tag come once the engine has subscribed. Where it fails, kicks hold all the same.
            let within = hub.options.engine_timeout;
            let _ = remote.interest.subscription(&topic_of_tag(&tag), within).await;
        }
        Ok(())
    }

    /// Waits while the log of kicks is read after an outage, and refuses where the options say so.
    async fn ready(&self) -> Result<(), TagError> {
        let Some(remote) = &self.hub.remote else {
            return Ok(());
        };
        let is_settled = |state| !matches!(state, ReadinessState::Recovering { .. });
        let within = self.hub.options.engine_timeout;
        match (
            remote.readiness.wait_for(within, is_settled).await,
            self.hub.options.engine_loss,
        ) {
            (ReadinessState::Ready, _) | (ReadinessState::Down { .. }, EngineLoss::Keep) => Ok(()),
            (ReadinessState::Recovering { .. }, _) | (ReadinessState::Down { .. }, _) => {
                Err(TagError::NotReady)
            }
        }
    }

    /// Subscribes the connection to a topic; its slot there.
    pub(super) async fn subscribe(
        &self,
        channel: &Arc<Channel>,
        slow: SlowSubscriber,
        notice: Option<SkipNotice>,
    ) -> Result<u32, SubscribeError> {
        if let Some(slot) = self.may_subscribe(channel)? {
            return Ok(slot);
        }
        let mut wanting = None;
        if let Some(remote) = &self.hub.remote {
            remote.interest.add(&channel.name);
            wanting = Some(Wanting {
                hub: &self.hub,
                channel,
            });
            let within = self.hub.options.engine_timeout;
            let subscription = remote.interest.subscription(&channel.name, within);
            subscription.await.map_err(SubscribeError::Engine)?;
        }
        let lane_number = usize::from(self.lane);
        let Some(lane) = self.hub.lanes.get(lane_number) else {
            return Err(SubscribeError::Ended);
        };
        lane.know_runtime();
        let slots = channel.slots(self.lane, &lane.books);
        let mut holds = self.holds();
        if let Some(slot) = may_hold(&holds, channel, self.hub.options.topics_per_connection)? {
            return Ok(slot);
        }
        let slot = slots.add(self.member.clone(), slow, notice);
        holds.topics.reserve_exact(1);
        holds.topics.push(HeldTopic {
            channel: Arc::clone(channel),
            slot,
        });
        if let Some(wanting) = wanting {
            std::mem::forget(wanting);
        }
        Ok(slot)
    }

    /// The slot where it is subscribed already.
    fn may_subscribe(&self, channel: &Arc<Channel>) -> Result<Option<u32>, SubscribeError> {
        may_hold(&self.holds(), channel, self.hub.options.topics_per_connection)
    }

    /// Ends the subscription to a topic. Whether there was one.
    pub(super) fn unsubscribe(&self, channel: &Arc<Channel>) -> bool {
        let held = {
            let mut holds = self.holds();
            let place = holds
                .topics
                .iter()
                .position(|held| Arc::ptr_eq(&held.channel, channel));
            place.map(|place| holds.topics.swap_remove(place))
        };
        match held {
            Some(held) => {
                self.leave(&held);
                true
            }
            None => false,
        }
    }

    fn leave(&self, held: &HeldTopic) {
        if let Some(lane) = self.hub.lanes.get(usize::from(self.lane)) {
            let slots = held.channel.slots(self.lane, &lane.books);
            slots.remove(held.slot, &self.member);
        }
        if let Some(remote) = &self.hub.remote {
            remote.interest.remove(&held.channel.name);
        }
    }

    /// How many messages of a topic the connection has missed.
    pub(super) fn skipped(&self, channel: &Channel, slot: u32) -> u64 {
        let lane = self.hub.lanes.get(usize::from(self.lane));
        let skipped = lane.and_then(|lane| {
            let slots = channel.slots(self.lane, &lane.books);
            slots.skipped(slot, &self.member)
        });
        skipped.unwrap_or_default()
    }
}

fn may_hold(holds: &Holds, channel: &Arc<Channel>, bound: usize) -> Result<Option<u32>, SubscribeError> {
    if holds.is_over {
        return Err(SubscribeError::Ended);
    }
    let mut held = holds.topics.iter();
    if let Some(held) = held.find(|held| Arc::ptr_eq(&held.channel, channel)) {
        return Ok(Some(held.slot));
    }
    if holds.topics.len() >= bound {
        return Err(SubscribeError::TooMany);
    }
    Ok(None)
}

/// A subscriber that the interest counts, and that is taken back where it does not come about.
struct Wanting<'a> {
    hub: &'a HubState,
    channel: &'a Arc<Channel>,
}

impl Drop for Wanting<'_> {
    fn drop(&mut self) {
        if let Some(remote) = &self.hub.remote {
            remote.interest.remove(&self.channel.name);
        }
    }
}

impl Attached for HubMembership {
    fn connection_ended(&self) {
        let holds = {
            let mut holds = self.holds();
            let over = Holds {
                is_over: true,
                ..Holds::default()
            };
            std::mem::replace(&mut *holds, over)
        };
        for tag in &holds.tags {
            self.hub.tags.remove(tag, &self.member);
            if let Some(remote) = &self.hub.remote {
                remote.interest.remove(&topic_of_tag(tag));
            }
        }
        for held in &holds.topics {
            self.leave(held);
        }
    }
}
