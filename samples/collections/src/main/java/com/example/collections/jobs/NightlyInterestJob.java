package com.example.collections.jobs;

import java.math.BigDecimal;
import java.time.LocalDate;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

@Component("nightly-interest")
class NightlyInterestJob implements Job {

    private final JdbcTemplate jdbc;
    private final BigDecimal annualRate;

    NightlyInterestJob(JdbcTemplate jdbc, @Value("${collections.interest.annual-rate}") BigDecimal annualRate) {
        this.jdbc = jdbc;
        this.annualRate = annualRate;
    }

    @Override
    @Transactional
    public String run() {
        LocalDate today = LocalDate.now();
        Integer runs = jdbc.queryForObject("SELECT COUNT(*) FROM interest_runs WHERE run_date = ?", Integer.class, today);
        if (runs != null && runs > 0) {
            return "interest of " + today + " was already added";
        }
        // row_version also moves, so that a payment booked at this moment is retried and not lost.
        int accounts = jdbc.update("""
                UPDATE accounts
                SET interest = interest + ROUND(principal * ? / 365, 2), row_version = row_version + 1
                WHERE status = 'OPEN' AND due_date < ?
                """, annualRate, today);
        jdbc.update("INSERT INTO interest_runs (run_date, accounts) VALUES (?, ?)", today, accounts);
        return "one day of interest for " + accounts + " accounts";
    }
}
