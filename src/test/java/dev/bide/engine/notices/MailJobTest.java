package dev.bide.engine.notices;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.mail.MessagingException;
import jakarta.mail.SendFailedException;
import org.junit.jupiter.api.Test;

class MailJobTest {
    @Test
    void a_reason_says_what_the_server_said_of_each_address() {
        MessagingException first = new MessagingException("550 no such user", new MessagingException("452 full\r\n"));
        assertThat(MailJob.reason(new SendFailedException("Invalid Addresses", first)))
                .isEqualTo("Invalid Addresses; 550 no such user; 452 full");
    }
}
