package com.example.collections.communications;

import com.example.collections.accounts.Account;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.mail.MailException;
import org.springframework.mail.SimpleMailMessage;
import org.springframework.mail.javamail.JavaMailSender;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

@Service
public class CommunicationService {

    private static final Logger log = LoggerFactory.getLogger(CommunicationService.class);

    private final CommunicationRepository communications;
    private final JavaMailSender mailer;
    private final String from;
    private final boolean dryRun;
    private final Path letters;

    CommunicationService(CommunicationRepository communications, JavaMailSender mailer,
                         @Value("${collections.mail.from}") String from,
                         @Value("${collections.mail.dry-run}") boolean dryRun,
                         @Value("${collections.letters.dir}") Path letters) {
        this.communications = communications;
        this.mailer = mailer;
        this.from = from;
        this.dryRun = dryRun;
        this.letters = letters;
    }

    /** Sends at once: a mail when we know the address, else a letter for the print shop. */
    @Transactional
    public Communication send(Account account, String subject, String body) {
        String email = account.getDebtor().getEmail();
        Communication.Channel channel =
                email == null ? Communication.Channel.LETTER : Communication.Channel.EMAIL;
        Communication communication = communications.save(new Communication(account, channel, subject, body));
        try {
            if (channel == Communication.Channel.EMAIL) {
                mail(email, subject, body);
            } else {
                print(communication.getId(), account, body);
            }
            communication.sent();
        } catch (MailException | IOException e) {
            log.error("communication {} failed", communication.getId(), e);
            communication.failed();
        }
        return communication;
    }

    public boolean hasContactedSince(Account account, int days) {
        return communications.existsByAccount_IdAndCreatedAtAfter(
                account.getId(), LocalDateTime.now(ZoneOffset.UTC).minusDays(days));
    }

    private void mail(String to, String subject, String body) {
        if (dryRun) {
            log.info("mail to {}: {}", to, subject);
            return;
        }
        SimpleMailMessage message = new SimpleMailMessage();
        message.setFrom(from);
        message.setTo(to);
        message.setSubject(subject);
        message.setText(body);
        mailer.send(message);
    }

    private void print(long id, Account account, String body) throws IOException {
        Files.createDirectories(letters);
        String page = account.getDebtor().getFullName() + "\n" + account.getDebtor().getPostalAddress() + "\n\n" + body;
        Files.writeString(letters.resolve("letter-" + id + ".txt"), page);
    }
}
