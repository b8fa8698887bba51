package dev.bide.workflow.notice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bide.json.InvalidException;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChannelTest {
    @ParameterizedTest
    @ValueSource(strings = {"a..b@x", ".a@x", "a.@x", "a@-x", "a@x.", "a@x..y", "a", "a@b@c", "A <a@x>"})
    void addresses_that_mail_servers_do_not_take_are_refused(String address) {
        assertThatThrownBy(() -> mail(address))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("to[0]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ops@example.com", "a.b+c@x-y.example", "root@localhost"})
    void others_are_taken(String address) {
        assertThat(mail(address).to()).containsExactly(address);
    }

    private static Channel mail(String address) {
        return new Channel("ops", Channel.Type.EMAIL, List.of(address), null, null, List.of(), null);
    }

    @Test
    void a_workflow_needs_an_event_that_is_about_one() {
        assertThatThrownBy(() -> new Channel(
                        "ops",
                        Channel.Type.EMAIL,
                        List.of("ops@example.com"),
                        null,
                        null,
                        List.of(NoticeEvent.NODE_LOST),
                        new UUID(0, 1)))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("workflowId");
    }
}
