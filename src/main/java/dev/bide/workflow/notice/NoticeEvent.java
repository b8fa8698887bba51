package dev.bide.workflow.notice;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Optional;

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

    /** Empty where no event has that name. */
    public static Optional<NoticeEvent> of(String text) {
        return Arrays.stream(values()).filter(one -> one.text.equals(text)).findFirst();
    }

    @Override
    @JsonValue
    public String toString() {
        return text;
    }
}
