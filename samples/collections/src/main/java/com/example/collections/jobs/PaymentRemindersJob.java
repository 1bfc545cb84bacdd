package com.example.collections.jobs;

import com.example.collections.accounts.Account;
import com.example.collections.accounts.AccountRepository;
import com.example.collections.communications.CommunicationService;
import java.time.LocalDate;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

@Component("payment-reminders")
class PaymentRemindersJob implements Job {

    /** Nobody is written to more often than this, by law. */
    private static final int MIN_DAYS_BETWEEN = 10;

    private final AccountRepository accounts;
    private final CommunicationService communications;
    private final int daysOverdue;

    PaymentRemindersJob(AccountRepository accounts, CommunicationService communications,
                        @Value("${collections.reminders.days-overdue}") int daysOverdue) {
        this.accounts = accounts;
        this.communications = communications;
        this.daysOverdue = daysOverdue;
    }

    @Override
    public String run() {
        int sent = 0;
        LocalDate limit = LocalDate.now().minusDays(daysOverdue);
        for (Account account : accounts.findByStatusAndDueDateBefore(Account.Status.OPEN, limit)) {
            if (communications.hasContactedSince(account, MIN_DAYS_BETWEEN)) {
                continue;
            }
            communications.send(account, "Payment reminder " + account.getReference(), """
                    Our client %s informs us that %s EUR have been due since %s.
                    Please pay within 10 days, quoting %s.
                    """.formatted(account.getCreditor(), account.getOutstanding(), account.getDueDate(),
                    account.getReference()));
            sent++;
        }
        return sent + " reminders";
    }
}
