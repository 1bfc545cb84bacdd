--
-- PostgreSQL database dump
--

-- Dumped from database version 15.4

CREATE FUNCTION public.f() RETURNS trigger LANGUAGE plpgsql AS $_$ begin; 'x; end $_$;
CREATE TABLE public.t (
    id integer NOT NULL,
    a text[] DEFAULT '{}'::text[],
    g public.geometry(Point,4326),
    key character varying(20) COLLATE pg_catalog."C",
    gen integer GENERATED ALWAYS AS ((id * 2)) STORED,
    ts timestamp(3) without time zone DEFAULT now() NOT NULL,
    CONSTRAINT c CHECK ((id > 0))
) PARTITION BY RANGE (id);
ALTER TABLE ONLY public.t ALTER COLUMN id SET DEFAULT nextval('public.t_id_seq'::regclass);
ALTER TABLE ONLY public.t
    ADD CONSTRAINT t_pkey PRIMARY KEY (id);
CREATE INDEX x ON public.t USING btree (lower(key));
ALTER TABLE ONLY public.t REPLICA IDENTITY FULL;
CREATE TABLE public.tags (
    names text[]
);
CREATE TABLE public."Tags" (
    id integer PRIMARY KEY
);
COPY public.tags (names) FROM stdin;
{a;'b}
\N
\.

CREATE TRIGGER tr AFTER UPDATE OF id ON public.t FOR EACH ROW EXECUTE FUNCTION public.f();
