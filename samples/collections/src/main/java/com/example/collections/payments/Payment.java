package com.example.collections.payments;

import com.example.collections.accounts.Account;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.FetchType;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.Table;
import java.math.BigDecimal;
import java.time.LocalDateTime;

@Entity
@Table(name = "payments")
public class Payment {

    public enum Method { CARD, TRANSFER, CASH }

    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    private Long id;

    @ManyToOne(optional = false, fetch = FetchType.LAZY)
    @JoinColumn(name = "account_id")
    private Account account;

    private BigDecimal amount;

    @Enumerated(EnumType.STRING)
    private Method method;

    private String externalId;
    private LocalDateTime receivedAt;

    protected Payment() {
    }

    public Payment(Account account, BigDecimal amount, Method method, String externalId, LocalDateTime receivedAt) {
        this.account = account;
        this.amount = amount;
        this.method = method;
        this.externalId = externalId;
        this.receivedAt = receivedAt;
    }

    public Long getId() {
        return id;
    }

    public long getAccountId() {
        return account.getId();
    }

    public BigDecimal getAmount() {
        return amount;
    }

    public Method getMethod() {
        return method;
    }

    public String getExternalId() {
        return externalId;
    }

    public LocalDateTime getReceivedAt() {
        return receivedAt;
    }
}
