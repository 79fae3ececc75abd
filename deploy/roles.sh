#!/bin/sh
# Makes the database and its two accounts, once: the owner of the tables, under which migrations run, and the application's,
# which owns nothing. Signs in as psql's own environment says; needs DATABASE_OWNER_PASSWORD and DATABASE_PASSWORD.
set -eu
psql --no-psqlrc --set ON_ERROR_STOP=1 --username postgres --dbname postgres \
  --set owner_password="${DATABASE_OWNER_PASSWORD:?}" --set password="${DATABASE_PASSWORD:?}" <<'SQL'
CREATE ROLE mappa_app LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE PASSWORD :'password';
CREATE ROLE mappa_owner LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE PASSWORD :'owner_password';
GRANT mappa_app TO mappa_owner;
CREATE DATABASE mappa OWNER mappa_owner;
REVOKE ALL ON DATABASE mappa FROM PUBLIC;
GRANT CONNECT ON DATABASE mappa TO mappa_app;
SQL
