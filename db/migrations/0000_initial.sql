CREATE TYPE "public"."order_status" AS ENUM('created', 'assigned', 'enroute_to_pickup', 'arrived_at_pickup', 'picked_up', 'enroute_to_dropoff', 'arrived_at_dropoff', 'delivered', 'cancelled', 'failed', 'enroute_to_return', 'returned');--> statement-breakpoint
CREATE TABLE "api_keys" (
	"merchant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"name" text NOT NULL,
	"scopes" text[] NOT NULL,
	"secret_hash" text NOT NULL,
	"expires_at" timestamp (3) with time zone,
	"revoked_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "api_keys_merchant_id_id_pk" PRIMARY KEY("merchant_id","id")
);
--> statement-breakpoint
ALTER TABLE "api_keys" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "audit_log" (
	"merchant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"actor_type" text NOT NULL,
	"actor_id" uuid,
	"action" text NOT NULL,
	"entity_type" text NOT NULL,
	"entity_id" uuid,
	"details" jsonb,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "audit_log_merchant_id_id_pk" PRIMARY KEY("merchant_id","id")
);
--> statement-breakpoint
ALTER TABLE "audit_log" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "invitations" (
	"merchant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"token_hash" text NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"accepted_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "invitations_merchant_id_id_pk" PRIMARY KEY("merchant_id","id")
);
--> statement-breakpoint
ALTER TABLE "invitations" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "merchants" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"timezone" text NOT NULL,
	"currency" text NOT NULL,
	"phone" text,
	"logo_url" text,
	"color" text,
	"language" text DEFAULT 'en' NOT NULL,
	"pickup" jsonb,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "merchants" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "order_counters" (
	"merchant_id" uuid PRIMARY KEY NOT NULL,
	"last" integer NOT NULL
);
--> statement-breakpoint
ALTER TABLE "order_counters" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "sessions" (
	"merchant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"family_id" uuid NOT NULL,
	"parent_id" uuid,
	"token_hash" text NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"superseded_at" timestamp (3) with time zone,
	"revoked_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "sessions_merchant_id_id_pk" PRIMARY KEY("merchant_id","id")
);
--> statement-breakpoint
ALTER TABLE "sessions" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "users" (
	"merchant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"name" text NOT NULL,
	"email" text,
	"role" text NOT NULL,
	"password_hash" text,
	"disabled_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "users_merchant_id_id_pk" PRIMARY KEY("merchant_id","id")
);
--> statement-breakpoint
ALTER TABLE "users" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "devices" (
	"merchant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"driver_id" uuid NOT NULL,
	"name" text NOT NULL,
	"token_hash" text NOT NULL,
	"revoked_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "devices_merchant_id_id_pk" PRIMARY KEY("merchant_id","id")
);
--> statement-breakpoint
ALTER TABLE "devices" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "drivers" (
	"merchant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"name" text NOT NULL,
	"phone" text,
	"email" text,
	"vehicle_type" text NOT NULL,
	"status" text DEFAULT 'offline' NOT NULL,
	"location" jsonb,
	"version" integer DEFAULT 1 NOT NULL,
	"removed_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "drivers_merchant_id_id_pk" PRIMARY KEY("merchant_id","id")
);
--> statement-breakpoint
ALTER TABLE "drivers" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "idempotency_keys" (
	"merchant_id" uuid NOT NULL,
	"key" text NOT NULL,
	"request_hash" text NOT NULL,
	"status" integer NOT NULL,
	"response" jsonb NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "idempotency_keys_merchant_id_key_pk" PRIMARY KEY("merchant_id","key")
);
--> statement-breakpoint
ALTER TABLE "idempotency_keys" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "maintenance_runs" (
	"id" uuid PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"started_at" timestamp (3) with time zone NOT NULL,
	"ended_at" timestamp (3) with time zone,
	"ok" boolean,
	"bytes" bigint,
	"detail" jsonb
);
--> statement-breakpoint
ALTER TABLE "maintenance_runs" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "messages" (
	"merchant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"order_id" uuid NOT NULL,
	"sender" text NOT NULL,
	"text" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "messages_merchant_id_id_pk" PRIMARY KEY("merchant_id","id")
);
--> statement-breakpoint
ALTER TABLE "messages" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "notification_log" (
	"merchant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"order_id" uuid,
	"channel" text NOT NULL,
	"template" text NOT NULL,
	"result" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "notification_log_merchant_id_id_pk" PRIMARY KEY("merchant_id","id")
);
--> statement-breakpoint
ALTER TABLE "notification_log" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "proofs" (
	"merchant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"order_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"content_type" text NOT NULL,
	"size" integer NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "proofs_merchant_id_id_pk" PRIMARY KEY("merchant_id","id")
);
--> statement-breakpoint
ALTER TABLE "proofs" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "push_subscriptions" (
	"merchant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"user_id" uuid,
	"order_id" uuid,
	"endpoint" text NOT NULL,
	"keys" jsonb NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "push_subscriptions_merchant_id_id_pk" PRIMARY KEY("merchant_id","id")
);
--> statement-breakpoint
ALTER TABLE "push_subscriptions" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "ratings" (
	"merchant_id" uuid NOT NULL,
	"order_id" uuid NOT NULL,
	"stars" integer NOT NULL,
	"comment" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "ratings_merchant_id_order_id_pk" PRIMARY KEY("merchant_id","order_id")
);
--> statement-breakpoint
ALTER TABLE "ratings" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "webhook_deliveries" (
	"merchant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"endpoint_id" uuid NOT NULL,
	"event" text NOT NULL,
	"payload" jsonb NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"delivered_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "webhook_deliveries_merchant_id_id_pk" PRIMARY KEY("merchant_id","id")
);
--> statement-breakpoint
ALTER TABLE "webhook_deliveries" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "webhook_endpoints" (
	"merchant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"url" text NOT NULL,
	"events" text[] NOT NULL,
	"disabled_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "webhook_endpoints_merchant_id_id_pk" PRIMARY KEY("merchant_id","id")
);
--> statement-breakpoint
ALTER TABLE "webhook_endpoints" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "zones" (
	"merchant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"name" text NOT NULL,
	"area" jsonb NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "zones_merchant_id_id_pk" PRIMARY KEY("merchant_id","id")
);
--> statement-breakpoint
ALTER TABLE "zones" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "customers" (
	"merchant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"name" text NOT NULL,
	"phone" text,
	"email" text,
	"address" text,
	"location" jsonb,
	"erased_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "customers_merchant_id_id_pk" PRIMARY KEY("merchant_id","id")
);
--> statement-breakpoint
ALTER TABLE "customers" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "delivery_updates" (
	"merchant_id" uuid NOT NULL,
	"order_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"version" integer NOT NULL,
	"kind" text NOT NULL,
	"status_update" "order_status" NOT NULL,
	"driver_id" uuid,
	"timestamp" timestamp (3) with time zone NOT NULL,
	"received_at" timestamp (3) with time zone NOT NULL,
	"update_id" uuid,
	"actor_type" text NOT NULL,
	"actor_id" uuid,
	"reason" text,
	"location" jsonb,
	CONSTRAINT "delivery_updates_merchant_id_order_id_id_pk" PRIMARY KEY("merchant_id","order_id","id")
);
--> statement-breakpoint
ALTER TABLE "delivery_updates" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "orders" (
	"merchant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"number" integer NOT NULL,
	"external_id" text,
	"status" "order_status" NOT NULL,
	"version" integer NOT NULL,
	"driver_id" uuid,
	"customer_id" uuid,
	"pickup" jsonb NOT NULL,
	"dropoff" jsonb NOT NULL,
	"needs_placing" boolean NOT NULL,
	"items" jsonb NOT NULL,
	"total" bigint,
	"ready_at" timestamp (3) with time zone,
	"notes" text,
	"tip" bigint,
	"cash_on_delivery" bigint,
	"currency" text NOT NULL,
	"proof" jsonb,
	"stop_sequence" integer,
	"eta" jsonb,
	"reason" text,
	"steps" jsonb NOT NULL,
	"status_at" timestamp (3) with time zone NOT NULL,
	"pickup_time" timestamp (3) with time zone,
	"delivery_time" timestamp (3) with time zone,
	"tracking_hash" text NOT NULL,
	"tracking_revision" integer NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "orders_merchant_id_id_pk" PRIMARY KEY("merchant_id","id")
);
--> statement-breakpoint
ALTER TABLE "orders" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "outbox" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "outbox_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"topic" text NOT NULL,
	"merchant_id" uuid NOT NULL,
	"entity_id" uuid NOT NULL,
	"version" integer NOT NULL,
	"payload" jsonb NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "outbox" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "trail_chunks" (
	"merchant_id" uuid NOT NULL,
	"driver_id" uuid NOT NULL,
	"started_at" timestamp (3) with time zone NOT NULL,
	"points" "bytea" NOT NULL,
	CONSTRAINT "trail_chunks_merchant_id_driver_id_started_at_pk" PRIMARY KEY("merchant_id","driver_id","started_at")
) PARTITION BY RANGE ("started_at");
--> statement-breakpoint
ALTER TABLE "trail_chunks" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_merchant_id_merchants_id_fk" FOREIGN KEY ("merchant_id") REFERENCES "public"."merchants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "audit_log" ADD CONSTRAINT "audit_log_merchant_id_merchants_id_fk" FOREIGN KEY ("merchant_id") REFERENCES "public"."merchants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "invitations" ADD CONSTRAINT "invitations_user" FOREIGN KEY ("merchant_id","user_id") REFERENCES "public"."users"("merchant_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "order_counters" ADD CONSTRAINT "order_counters_merchant_id_merchants_id_fk" FOREIGN KEY ("merchant_id") REFERENCES "public"."merchants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_user" FOREIGN KEY ("merchant_id","user_id") REFERENCES "public"."users"("merchant_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "users" ADD CONSTRAINT "users_merchant_id_merchants_id_fk" FOREIGN KEY ("merchant_id") REFERENCES "public"."merchants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "devices" ADD CONSTRAINT "devices_driver" FOREIGN KEY ("merchant_id","driver_id") REFERENCES "public"."drivers"("merchant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "drivers" ADD CONSTRAINT "drivers_merchant_id_merchants_id_fk" FOREIGN KEY ("merchant_id") REFERENCES "public"."merchants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "drivers" ADD CONSTRAINT "drivers_user" FOREIGN KEY ("merchant_id","user_id") REFERENCES "public"."users"("merchant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "idempotency_keys" ADD CONSTRAINT "idempotency_keys_merchant_id_merchants_id_fk" FOREIGN KEY ("merchant_id") REFERENCES "public"."merchants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "messages" ADD CONSTRAINT "messages_order" FOREIGN KEY ("merchant_id","order_id") REFERENCES "public"."orders"("merchant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notification_log" ADD CONSTRAINT "notification_log_merchant_id_merchants_id_fk" FOREIGN KEY ("merchant_id") REFERENCES "public"."merchants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "proofs" ADD CONSTRAINT "proofs_order" FOREIGN KEY ("merchant_id","order_id") REFERENCES "public"."orders"("merchant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "push_subscriptions" ADD CONSTRAINT "push_subscriptions_merchant_id_merchants_id_fk" FOREIGN KEY ("merchant_id") REFERENCES "public"."merchants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ratings" ADD CONSTRAINT "ratings_order" FOREIGN KEY ("merchant_id","order_id") REFERENCES "public"."orders"("merchant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "webhook_deliveries" ADD CONSTRAINT "webhook_deliveries_endpoint" FOREIGN KEY ("merchant_id","endpoint_id") REFERENCES "public"."webhook_endpoints"("merchant_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "webhook_endpoints" ADD CONSTRAINT "webhook_endpoints_merchant_id_merchants_id_fk" FOREIGN KEY ("merchant_id") REFERENCES "public"."merchants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "zones" ADD CONSTRAINT "zones_merchant_id_merchants_id_fk" FOREIGN KEY ("merchant_id") REFERENCES "public"."merchants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "customers" ADD CONSTRAINT "customers_merchant_id_merchants_id_fk" FOREIGN KEY ("merchant_id") REFERENCES "public"."merchants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "delivery_updates" ADD CONSTRAINT "delivery_updates_order" FOREIGN KEY ("merchant_id","order_id") REFERENCES "public"."orders"("merchant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "orders" ADD CONSTRAINT "orders_merchant_id_merchants_id_fk" FOREIGN KEY ("merchant_id") REFERENCES "public"."merchants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "orders" ADD CONSTRAINT "orders_driver" FOREIGN KEY ("merchant_id","driver_id") REFERENCES "public"."drivers"("merchant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "orders" ADD CONSTRAINT "orders_customer" FOREIGN KEY ("merchant_id","customer_id") REFERENCES "public"."customers"("merchant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "api_keys_id" ON "api_keys" USING btree ("id");--> statement-breakpoint
CREATE UNIQUE INDEX "invitations_token" ON "invitations" USING btree ("token_hash");--> statement-breakpoint
CREATE INDEX "invitations_user_id" ON "invitations" USING btree ("merchant_id","user_id");--> statement-breakpoint
CREATE UNIQUE INDEX "sessions_token" ON "sessions" USING btree ("token_hash");--> statement-breakpoint
CREATE INDEX "sessions_family" ON "sessions" USING btree ("merchant_id","family_id");--> statement-breakpoint
CREATE INDEX "sessions_expiry" ON "sessions" USING btree ("expires_at");--> statement-breakpoint
CREATE UNIQUE INDEX "users_email" ON "users" USING btree (lower("email"));--> statement-breakpoint
CREATE UNIQUE INDEX "devices_token" ON "devices" USING btree ("token_hash");--> statement-breakpoint
CREATE INDEX "devices_driver_id" ON "devices" USING btree ("merchant_id","driver_id");--> statement-breakpoint
CREATE UNIQUE INDEX "drivers_user_id" ON "drivers" USING btree ("merchant_id","user_id");--> statement-breakpoint
CREATE INDEX "messages_order_id" ON "messages" USING btree ("merchant_id","order_id","id");--> statement-breakpoint
CREATE INDEX "proofs_order_id" ON "proofs" USING btree ("merchant_id","order_id");--> statement-breakpoint
CREATE UNIQUE INDEX "customers_phone" ON "customers" USING btree ("merchant_id","phone") WHERE phone is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "customers_email" ON "customers" USING btree ("merchant_id","email") WHERE phone is null and email is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "delivery_updates_version" ON "delivery_updates" USING btree ("merchant_id","order_id","version");--> statement-breakpoint
CREATE UNIQUE INDEX "delivery_updates_update_id" ON "delivery_updates" USING btree ("merchant_id","order_id","update_id") WHERE update_id is not null;--> statement-breakpoint
CREATE INDEX "orders_status" ON "orders" USING btree ("merchant_id","status","id");--> statement-breakpoint
CREATE INDEX "orders_driver" ON "orders" USING btree ("merchant_id","driver_id","id");--> statement-breakpoint
CREATE INDEX "orders_customer" ON "orders" USING btree ("merchant_id","customer_id","id");--> statement-breakpoint
CREATE INDEX "orders_external" ON "orders" USING btree ("merchant_id","external_id","id") WHERE external_id is not null;--> statement-breakpoint
CREATE INDEX "orders_active" ON "orders" USING btree ("merchant_id","driver_id","status") WHERE status in ('created', 'assigned', 'enroute_to_pickup', 'arrived_at_pickup', 'picked_up', 'enroute_to_dropoff', 'arrived_at_dropoff', 'failed', 'enroute_to_return');--> statement-breakpoint
CREATE UNIQUE INDEX "orders_tracking" ON "orders" USING btree ("tracking_hash");--> statement-breakpoint
CREATE POLICY "of_merchant" ON "api_keys" AS PERMISSIVE FOR ALL TO "dropmate_app" USING (merchant_id = (select nullif(current_setting('app.merchant', true), '')::uuid)) WITH CHECK (merchant_id = (select nullif(current_setting('app.merchant', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "system_reads" ON "api_keys" AS PERMISSIVE FOR SELECT TO "dropmate_system" USING (true);--> statement-breakpoint
CREATE POLICY "of_merchant" ON "audit_log" AS PERMISSIVE FOR ALL TO "dropmate_app" USING (merchant_id = (select nullif(current_setting('app.merchant', true), '')::uuid)) WITH CHECK (merchant_id = (select nullif(current_setting('app.merchant', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "of_merchant" ON "invitations" AS PERMISSIVE FOR ALL TO "dropmate_app" USING (merchant_id = (select nullif(current_setting('app.merchant', true), '')::uuid)) WITH CHECK (merchant_id = (select nullif(current_setting('app.merchant', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "system_reads" ON "invitations" AS PERMISSIVE FOR SELECT TO "dropmate_system" USING (true);--> statement-breakpoint
CREATE POLICY "of_merchant" ON "merchants" AS PERMISSIVE FOR ALL TO "dropmate_app" USING (id = (select nullif(current_setting('app.merchant', true), '')::uuid)) WITH CHECK (id = (select nullif(current_setting('app.merchant', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "system_reads" ON "merchants" AS PERMISSIVE FOR SELECT TO "dropmate_system" USING (true);--> statement-breakpoint
CREATE POLICY "of_merchant" ON "order_counters" AS PERMISSIVE FOR ALL TO "dropmate_app" USING (merchant_id = (select nullif(current_setting('app.merchant', true), '')::uuid)) WITH CHECK (merchant_id = (select nullif(current_setting('app.merchant', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "of_merchant" ON "sessions" AS PERMISSIVE FOR ALL TO "dropmate_app" USING (merchant_id = (select nullif(current_setting('app.merchant', true), '')::uuid)) WITH CHECK (merchant_id = (select nullif(current_setting('app.merchant', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "system_reads" ON "sessions" AS PERMISSIVE FOR SELECT TO "dropmate_system" USING (true);--> statement-breakpoint
CREATE POLICY "of_merchant" ON "users" AS PERMISSIVE FOR ALL TO "dropmate_app" USING (merchant_id = (select nullif(current_setting('app.merchant', true), '')::uuid)) WITH CHECK (merchant_id = (select nullif(current_setting('app.merchant', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "system_reads" ON "users" AS PERMISSIVE FOR SELECT TO "dropmate_system" USING (true);--> statement-breakpoint
CREATE POLICY "of_merchant" ON "devices" AS PERMISSIVE FOR ALL TO "dropmate_app" USING (merchant_id = (select nullif(current_setting('app.merchant', true), '')::uuid)) WITH CHECK (merchant_id = (select nullif(current_setting('app.merchant', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "system_reads" ON "devices" AS PERMISSIVE FOR SELECT TO "dropmate_system" USING (true);--> statement-breakpoint
CREATE POLICY "of_merchant" ON "drivers" AS PERMISSIVE FOR ALL TO "dropmate_app" USING (merchant_id = (select nullif(current_setting('app.merchant', true), '')::uuid)) WITH CHECK (merchant_id = (select nullif(current_setting('app.merchant', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "system_reads" ON "drivers" AS PERMISSIVE FOR SELECT TO "dropmate_system" USING (true);--> statement-breakpoint
CREATE POLICY "of_merchant" ON "idempotency_keys" AS PERMISSIVE FOR ALL TO "dropmate_app" USING (merchant_id = (select nullif(current_setting('app.merchant', true), '')::uuid)) WITH CHECK (merchant_id = (select nullif(current_setting('app.merchant', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "system" ON "maintenance_runs" AS PERMISSIVE FOR ALL TO "dropmate_system" USING (true);--> statement-breakpoint
CREATE POLICY "of_merchant" ON "messages" AS PERMISSIVE FOR ALL TO "dropmate_app" USING (merchant_id = (select nullif(current_setting('app.merchant', true), '')::uuid)) WITH CHECK (merchant_id = (select nullif(current_setting('app.merchant', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "of_merchant" ON "notification_log" AS PERMISSIVE FOR ALL TO "dropmate_app" USING (merchant_id = (select nullif(current_setting('app.merchant', true), '')::uuid)) WITH CHECK (merchant_id = (select nullif(current_setting('app.merchant', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "of_merchant" ON "proofs" AS PERMISSIVE FOR ALL TO "dropmate_app" USING (merchant_id = (select nullif(current_setting('app.merchant', true), '')::uuid)) WITH CHECK (merchant_id = (select nullif(current_setting('app.merchant', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "of_merchant" ON "push_subscriptions" AS PERMISSIVE FOR ALL TO "dropmate_app" USING (merchant_id = (select nullif(current_setting('app.merchant', true), '')::uuid)) WITH CHECK (merchant_id = (select nullif(current_setting('app.merchant', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "of_merchant" ON "ratings" AS PERMISSIVE FOR ALL TO "dropmate_app" USING (merchant_id = (select nullif(current_setting('app.merchant', true), '')::uuid)) WITH CHECK (merchant_id = (select nullif(current_setting('app.merchant', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "of_merchant" ON "webhook_deliveries" AS PERMISSIVE FOR ALL TO "dropmate_app" USING (merchant_id = (select nullif(current_setting('app.merchant', true), '')::uuid)) WITH CHECK (merchant_id = (select nullif(current_setting('app.merchant', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "of_merchant" ON "webhook_endpoints" AS PERMISSIVE FOR ALL TO "dropmate_app" USING (merchant_id = (select nullif(current_setting('app.merchant', true), '')::uuid)) WITH CHECK (merchant_id = (select nullif(current_setting('app.merchant', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "of_merchant" ON "zones" AS PERMISSIVE FOR ALL TO "dropmate_app" USING (merchant_id = (select nullif(current_setting('app.merchant', true), '')::uuid)) WITH CHECK (merchant_id = (select nullif(current_setting('app.merchant', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "of_merchant" ON "customers" AS PERMISSIVE FOR ALL TO "dropmate_app" USING (merchant_id = (select nullif(current_setting('app.merchant', true), '')::uuid)) WITH CHECK (merchant_id = (select nullif(current_setting('app.merchant', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "of_merchant" ON "delivery_updates" AS PERMISSIVE FOR ALL TO "dropmate_app" USING (merchant_id = (select nullif(current_setting('app.merchant', true), '')::uuid)) WITH CHECK (merchant_id = (select nullif(current_setting('app.merchant', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "of_merchant" ON "orders" AS PERMISSIVE FOR ALL TO "dropmate_app" USING (merchant_id = (select nullif(current_setting('app.merchant', true), '')::uuid)) WITH CHECK (merchant_id = (select nullif(current_setting('app.merchant', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "system_reads" ON "orders" AS PERMISSIVE FOR SELECT TO "dropmate_system" USING (true);--> statement-breakpoint
CREATE POLICY "of_merchant" ON "outbox" AS PERMISSIVE FOR ALL TO "dropmate_app" USING (merchant_id = (select nullif(current_setting('app.merchant', true), '')::uuid)) WITH CHECK (merchant_id = (select nullif(current_setting('app.merchant', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "relay" ON "outbox" AS PERMISSIVE FOR ALL TO "dropmate_system" USING (true);--> statement-breakpoint
CREATE POLICY "of_merchant" ON "trail_chunks" AS PERMISSIVE FOR ALL TO "dropmate_app" USING (merchant_id = (select nullif(current_setting('app.merchant', true), '')::uuid)) WITH CHECK (merchant_id = (select nullif(current_setting('app.merchant', true), '')::uuid));