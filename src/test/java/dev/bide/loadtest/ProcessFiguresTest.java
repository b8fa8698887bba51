package dev.bide.loadtest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
class ProcessFiguresTest {

    @Test
    void counts_children_that_run_and_children_that_ended() throws IOException, InterruptedException {
        // Two children burn time; the parent buries the first; the second says "ready" and stays.
        Process shell = new ProcessBuilder(
                        "sh",
                        "-c",
                        "burn() { i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done; };"
                                + " (burn); (burn; echo ready; exec sleep 30) & read line; kill $!")
                .start();
        try {
            assertThat(shell.inputReader().readLine()).isEqualTo("ready");
            long own = ProcessFigures.cpuMillis(shell.pid());
            long family = ProcessFigures.familyCpuMillis(shell.pid());
            assertThat(family).isGreaterThan(own + 100);
            assertThat(ProcessFigures.residentBytes(shell.pid())).isPositive();
            assertThat(ProcessFigures.parent(shell.pid()))
                    .isEqualTo(ProcessHandle.current().pid());
        } finally {
            shell.getOutputStream().close();
            shell.waitFor(10, TimeUnit.SECONDS);
            shell.destroyForcibly();
        }
    }

    @Test
    void agrees_with_what_java_says_of_itself() {
        long before = ProcessFigures.cpuMillis(ProcessHandle.current().pid());
        long java =
                ProcessHandle.current().info().totalCpuDuration().orElseThrow().toMillis();
        long after = ProcessFigures.cpuMillis(ProcessHandle.current().pid());
        assertThat(java).isBetween(before, after);
    }
}
