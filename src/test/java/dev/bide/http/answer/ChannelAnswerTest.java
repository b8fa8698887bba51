package dev.bide.http.answer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bide.engine.Channels;
import dev.bide.workflow.notice.Channel;
import dev.bide.workflow.notice.NoticeStore.ChannelState;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChannelAnswerTest {
    @ParameterizedTest
    @CsvSource({
        "https://hooks.example.com/services/T0/B0/secret, https://hooks.example.com",
        "https://user:secret@a.example:8443?token=secret, https://a.example:8443",
        "http://[::1]:80#secret, http://[::1]:80"
    })
    void whoever_may_only_read_sees_an_origin(String url, String origin) {
        Channels.View view = new Channels.View(
                new Channel("a", Channel.Type.WEBHOOK, List.of(), url, null, List.of(), null),
                false,
                new ChannelState(0, null, null));
        assertThat(ChannelAnswer.of(view, false).url()).isEqualTo(origin);
        assertThat(ChannelAnswer.of(view, true).url()).isEqualTo(url);
    }
}
