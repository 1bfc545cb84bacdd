package com.example.collections.accounts;

import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;

@Entity
@Table(name = "debtors")
public class Debtor {

    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    private Long id;
    private String fullName;
    private String taxId;
    private String email;
    private String postalAddress;

    protected Debtor() {
    }

    public Debtor(String fullName, String taxId, String email, String postalAddress) {
        this.fullName = fullName;
        this.taxId = taxId;
        this.email = email;
        this.postalAddress = postalAddress;
    }

    public Long getId() {
        return id;
    }

    public String getFullName() {
        return fullName;
    }

    public String getTaxId() {
        return taxId;
    }

    public String getEmail() {
        return email;
    }

    public String getPostalAddress() {
        return postalAddress;
    }
}
