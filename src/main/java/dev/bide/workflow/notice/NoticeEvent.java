package dev.bide.workflow.notice;

import com.fasterxml.jackson.annotation.JsonValue;

/** What people may be told of, by the names that the contract and the database have. */
public enum NoticeEvent {
    TIMER_DEAD("timer.dead"),
    DESTINATION_GIVEN_UP("destination.given-up"),
    DESTINATION_BACK("destination.back"),
    PROMISE_BROKEN("promise.broken"),
    NODE_LOST("node.lost"),
    OPERATION_FAILED("operation.failed"),
    /** Somebody tries a channel. No channel can ask for it, or leave it out. */
    TEST("test");

    private final String text;

    NoticeEvent(String text) {
        this.text = text;
    }

    @Override
    @JsonValue
    public String toString() {
        return text;
    }
}
