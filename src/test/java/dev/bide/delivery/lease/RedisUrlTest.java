package dev.bide.delivery.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.RedisURI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedisUrlTest {
    @Test
    void one_host_is_a_redis_and_several_are_a_cluster() {
        RedisUrl one = RedisUrl.of("redis://redis.example");
        assertThat(one.isCluster()).isFalse();
        assertThat(one).hasToString("[redis.example:6379]");
        RedisUrl several = RedisUrl.of("redis://a:1,b:2,c");
        assertThat(several.isCluster()).isTrue();
        assertThat(several).hasToString("[a:1, b:2, c:6379]");
    }

    @Test
    void each_host_of_a_cluster_has_user_password_and_tls() {
        RedisUrl url = RedisUrl.of("rediss://bide:hush@a:1,b:2");
        assertThat(url.nodes()).hasSize(2).allSatisfy(node -> {
            assertThat(node.isSsl()).isTrue();
            assertThat(node.getCredentialsProvider()).isNotNull();
        });
        assertThat(url).hasToString("[a:1, b:2]");
    }

    @Test
    void sentinels_lead_to_one() {
        RedisUrl url = RedisUrl.of("redis-sentinel://:hush@a:26379,b:26379#main");
        assertThat(url.isCluster()).isFalse();
        assertThat(url.nodes()).extracting(RedisURI::getSentinelMasterId).containsExactly("main");
        assertThat(url).hasToString("[a:26379, b:26379]");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hush",
                "http://:hush@a",
                "redis://",
                "redis://:hush@",
                "redis://:hush@a,,b",
                "redis://:hush@a:x",
                "redis-sentinel://:hush@",
                "redis-sentinel://:hush@a:1"
            })
    void what_is_none_is_refused_without_its_password(String text) {
        assertThatThrownBy(() -> RedisUrl.of(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("redis.url must be ")
                .hasMessageNotContaining("hush")
                .hasNoCause();
    }
}
