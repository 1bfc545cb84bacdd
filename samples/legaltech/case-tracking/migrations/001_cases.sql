CREATE TABLE cases (
  id        INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  reference VARCHAR(40)  NOT NULL UNIQUE,
  title     VARCHAR(200) NOT NULL,
  court     VARCHAR(120) NOT NULL,
  client    VARCHAR(160) NOT NULL,
  status    ENUM('open', 'suspended', 'closed') NOT NULL DEFAULT 'open',
  opened_on DATE         NOT NULL,
  KEY cases_status (status)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

CREATE TABLE hearings (
  id      INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  case_id INT UNSIGNED NOT NULL,
  held_at DATETIME     NOT NULL,
  room    VARCHAR(60)  NOT NULL,
  notes   TEXT,
  KEY hearings_held_at (held_at),
  CONSTRAINT hearings_case FOREIGN KEY (case_id) REFERENCES cases (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
