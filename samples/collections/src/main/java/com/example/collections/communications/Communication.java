package com.example.collections.communications;

import com.example.collections.accounts.Account;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.FetchType;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.Lob;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.Table;
import java.time.LocalDateTime;
import java.time.ZoneOffset;

@Entity
@Table(name = "communications")
public class Communication {

    public enum Channel { EMAIL, LETTER }

    public enum Status { QUEUED, SENT, FAILED }

    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    private Long id;

    @ManyToOne(optional = false, fetch = FetchType.LAZY)
    @JoinColumn(name = "account_id")
    private Account account;

    @Enumerated(EnumType.STRING)
    private Channel channel;

    private String subject;

    @Lob
    private String body;

    @Enumerated(EnumType.STRING)
    private Status status = Status.QUEUED;

    private LocalDateTime createdAt = LocalDateTime.now(ZoneOffset.UTC);
    private LocalDateTime sentAt;

    protected Communication() {
    }

    public Communication(Account account, Channel channel, String subject, String body) {
        this.account = account;
        this.channel = channel;
        this.subject = subject;
        this.body = body;
    }

    void sent() {
        status = Status.SENT;
        sentAt = LocalDateTime.now(ZoneOffset.UTC);
    }

    void failed() {
        status = Status.FAILED;
    }

    public Long getId() {
        return id;
    }

    public long getAccountId() {
        return account.getId();
    }

    public Channel getChannel() {
        return channel;
    }

    public String getSubject() {
        return subject;
    }

    public String getBody() {
        return body;
    }

    public Status getStatus() {
        return status;
    }

    public LocalDateTime getCreatedAt() {
        return createdAt;
    }

    public LocalDateTime getSentAt() {
        return sentAt;
    }
}
