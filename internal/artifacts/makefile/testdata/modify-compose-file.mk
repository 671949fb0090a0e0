deploy:
	@echo deploying
	docker compose -f docker-compose.prod.yml up -d
