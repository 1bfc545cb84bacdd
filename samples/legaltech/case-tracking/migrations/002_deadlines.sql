CREATE TABLE deadlines (
  id             INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  case_id        INT UNSIGNED NOT NULL,
  due_on         DATE         NOT NULL,
  description    VARCHAR(500) NOT NULL,
  assignee_email VARCHAR(254) NOT NULL,
  done_at        DATETIME,
  KEY deadlines_open (done_at, due_on),
  CONSTRAINT deadlines_case FOREIGN KEY (case_id) REFERENCES cases (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
