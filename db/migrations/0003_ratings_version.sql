DROP INDEX "ratings_created";--> statement-breakpoint
ALTER TABLE "ratings" ADD COLUMN "version" integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "ratings" ADD COLUMN "updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
CREATE INDEX "ratings_driver" ON "ratings" USING btree ("merchant_id","driver_id","created_at","order_id");--> statement-breakpoint
CREATE INDEX "ratings_created" ON "ratings" USING btree ("merchant_id","created_at","order_id");