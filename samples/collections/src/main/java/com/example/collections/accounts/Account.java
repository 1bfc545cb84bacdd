package com.example.collections.accounts;

import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.math.BigDecimal;
import java.time.LocalDate;

@Entity
@Table(name = "accounts")
public class Account {

    public enum Status { OPEN, SETTLED, WRITTENOFF }

    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    private Long id;

    @ManyToOne(optional = false)
    @JoinColumn(name = "debtor_id")
    private Debtor debtor;

    private String reference;
    private String creditor;
    private BigDecimal principal;
    private BigDecimal interest = BigDecimal.ZERO;
    private BigDecimal paid = BigDecimal.ZERO;
    private LocalDate dueDate;

    @Enumerated(EnumType.STRING)
    private Status status = Status.OPEN;

    @Version
    private int rowVersion;

    protected Account() {
    }

    public Account(Debtor debtor, String reference, String creditor, BigDecimal principal, LocalDate dueDate) {
        this.debtor = debtor;
        this.reference = reference;
        this.creditor = creditor;
        this.principal = principal;
        this.dueDate = dueDate;
    }

    /** Same rule as the computed column; the column is for reports, which read with plain SQL. */
    public BigDecimal getOutstanding() {
        return principal.add(interest).subtract(paid);
    }

    public void receive(BigDecimal amount) {
        if (status != Status.OPEN) {
            throw new IllegalStateException("account " + reference + " is " + status);
        }
        if (amount.compareTo(getOutstanding()) > 0) {
            throw new IllegalStateException("payment exceeds the outstanding " + getOutstanding());
        }
        paid = paid.add(amount);
        if (getOutstanding().signum() == 0) {
            status = Status.SETTLED;
        }
    }

    public Long getId() {
        return id;
    }

    public Debtor getDebtor() {
        return debtor;
    }

    public String getReference() {
        return reference;
    }

    public String getCreditor() {
        return creditor;
    }

    public BigDecimal getPrincipal() {
        return principal;
    }

    public BigDecimal getInterest() {
        return interest;
    }

    public BigDecimal getPaid() {
        return paid;
    }

    public LocalDate getDueDate() {
        return dueDate;
    }

    public Status getStatus() {
        return status;
    }
}
