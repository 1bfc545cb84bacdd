package com.example.collections;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.post;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.jsonPath;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

import com.example.collections.jobs.Job;
import java.math.BigDecimal;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.test.autoconfigure.web.servlet.AutoConfigureMockMvc;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.http.MediaType;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.test.context.ActiveProfiles;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.transaction.annotation.Transactional;

@SpringBootTest
@AutoConfigureMockMvc
@ActiveProfiles("standin")
@Transactional
class CollectionsApplicationTests {

    @Autowired
    private MockMvc mvc;

    @Autowired
    private JdbcTemplate jdbc;

    @Autowired
    @Qualifier("nightly-interest")
    private Job nightlyInterest;

    @Test
    void healthIsUp() throws Exception {
        mvc.perform(get("/actuator/health")).andExpect(status().isOk()).andExpect(jsonPath("$.status").value("UP"));
    }

    @Test
    void fullPaymentSettlesTheAccount() throws Exception {
        mvc.perform(post("/payments").contentType(MediaType.APPLICATION_JSON).content("""
                {"accountId": 1000, "amount": 1071.70, "method": "TRANSFER", "externalId": "T-1"}"""))
                .andExpect(status().isCreated());
        mvc.perform(get("/accounts/1000")).andExpect(jsonPath("$.status").value("SETTLED"));
    }

    @Test
    void overpaymentIsRefused() throws Exception {
        mvc.perform(post("/payments").contentType(MediaType.APPLICATION_JSON).content("""
                {"accountId": 1000, "amount": 5000, "method": "CARD", "externalId": "T-2"}"""))
                .andExpect(status().isConflict());
    }

    @Test
    void gatewayNotificationNeedsTheKeyAndMayRepeat() throws Exception {
        String body = """
                {"accountReference": "ENER-2023-00017", "amount": 10.00, "externalId": "GW-1"}""";
        mvc.perform(post("/payments/notifications").contentType(MediaType.APPLICATION_JSON).content(body))
                .andExpect(status().isUnauthorized());
        for (int i = 0; i < 2; i++) {
            mvc.perform(post("/payments/notifications").header("X-Api-Key", "standin")
                    .contentType(MediaType.APPLICATION_JSON).content(body)).andExpect(status().isOk());
        }
        mvc.perform(get("/payments").param("accountId", "1000")).andExpect(jsonPath("$.length()").value(2));
    }

    @Test
    void nightlyInterestIsAddedOncePerDay() {
        nightlyInterest.run();
        nightlyInterest.run();
        assertThat(jdbc.queryForObject("SELECT interest FROM accounts WHERE id = 1000", BigDecimal.class))
                .isEqualByComparingTo("31.45");
    }

    @Test
    void ageingReportCountsOpenAccounts() throws Exception {
        mvc.perform(get("/reports/ageing")).andExpect(status().isOk()).andExpect(jsonPath("$.length()").value(2));
    }
}
