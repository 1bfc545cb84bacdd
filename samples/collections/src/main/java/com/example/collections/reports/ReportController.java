package com.example.collections.reports;

import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/reports")
class ReportController {

    private static final String AGEING = """
            SELECT bucket, COUNT(*) AS accounts, SUM(outstanding) AS outstanding
            FROM (
                SELECT outstanding,
                       CASE WHEN days_overdue <= 0  THEN '0 not due'
                            WHEN days_overdue <= 30 THEN '1 up to 30 days'
                            WHEN days_overdue <= 90 THEN '2 up to 90 days'
                            ELSE '3 over 90 days' END AS bucket
                FROM account_ageing
            ) AS aged
            GROUP BY bucket
            ORDER BY bucket
            """;

    private static final String COLLECTED = """
            SELECT a.creditor, COUNT(*) AS payments, SUM(p.amount) AS amount
            FROM payments p JOIN accounts a ON a.id = p.account_id
            WHERE p.received_at >= ? AND p.received_at < ?
            GROUP BY a.creditor
            ORDER BY a.creditor
            """;

    private static final String PAYMENTS = """
            SELECT p.external_id, a.reference, p.method, p.amount, p.received_at
            FROM payments p JOIN accounts a ON a.id = p.account_id
            WHERE p.received_at >= ? AND p.received_at < ?
            ORDER BY p.received_at
            """;

    private final JdbcTemplate jdbc;

    ReportController(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    @GetMapping("/ageing")
    List<Map<String, Object>> ageing() {
        return jdbc.queryForList(AGEING);
    }

    @GetMapping("/collected")
    List<Map<String, Object>> collected(@RequestParam LocalDate from, @RequestParam LocalDate to) {
        return jdbc.queryForList(COLLECTED, from, to.plusDays(1));
    }

    /** For the import of finance, which wants semicolons and no quotes. */
    @GetMapping(path = "/payments.csv", produces = "text/csv")
    String payments(@RequestParam LocalDate from, @RequestParam LocalDate to) {
        StringBuilder csv = new StringBuilder("payment;account;method;amount;received\n");
        jdbc.query(PAYMENTS, row -> {
            csv.append(row.getString(1)).append(';').append(row.getString(2)).append(';')
                    .append(row.getString(3)).append(';').append(row.getBigDecimal(4)).append(';')
                    .append(row.getTimestamp(5).toLocalDateTime()).append('\n');
        }, from, to.plusDays(1));
        return csv.toString();
    }
}
