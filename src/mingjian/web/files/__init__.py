"""Files that people hand in: drawings, certificates, scans, photos. Judged by content, stored by digest, outside the database."""
