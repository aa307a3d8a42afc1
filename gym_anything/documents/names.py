"""Short lists of words that business content is made of. All invented or common; no real person."""

from __future__ import annotations

# English, German, French, Spanish, Italian, Polish, Czech, Swedish, Turkish, Portuguese, Hungarian,
# Vietnamese, Japanese, Arabic, Hindi, Yoruba
_GIVEN_TEXT = """
Alice George Harriet Oliver Ruth Walter Jürgen Käthe Lukas Sabine Björn Ulrike Amélie Benoît
Chloé François Hélène Thibault Álvaro Begoña Inés Joaquín Lucía Sofía Chiara Giulia Lorenzo
Matteo Niccolò Agnieszka Bożena Łukasz Małgorzata Stanisław Dušan Jiří Kateřina Tomáš Zdeňka Åsa
Göran Linnéa Sören Ayşe Çağla Gülşen İsmail Ömer Conceição Gonçalo João Tânia Ágnes Erzsébet
László Zoltán Anh Hùng Linh Thảo Haruka Kenji Yuki Amina Khalid Layla Ananya Rohan Priya Adébáyò
Folake
"""
_FAMILY_TEXT = """
Archer Bennett Carter Doyle Fletcher Hughes Marsh O'Connor Preston Whitfield Bäcker Grünwald
Hoffmann Köhler Müller Schäfer Weiß Zimmermann Bélanger Chevalier Durand Lefèvre Moreau Noël
Rousseau Castaño Domínguez García Ibáñez Muñoz Núñez Peña Rodríguez Bianchi Colombo D'Angelo
Ferrari Marchetti Ricci Dąbrowski Kowalczyk Nowak Piątek Świątek Wójcik Zieliński Černý Dvořák
Horák Kučera Němec Svoboda Åkesson Bergström Lindqvist Nyström Sjöberg Aydın Çelik Demir Öztürk
Şahin Yıldız Araújo Gonçalves Magalhães Simões Horváth Kovács Szabó Tóth Đặng Lê Nguyễn Trần
Fujimoto Ishikawa Tanaka Watanabe Haddad Mansour Rahman Banerjee Iyer Kapoor Patel Adeyemi
Okafor
"""
GIVEN_NAMES = tuple(_GIVEN_TEXT.split())
FAMILY_NAMES = tuple(_FAMILY_TEXT.split())
CITIES = (
    ("Bristol", "United Kingdom", "BS1 4ND"),
    ("Cork", "Ireland", "T12 W8KP"),
    ("Düsseldorf", "Germany", "40210"),
    ("Zürich", "Switzerland", "8001"),
    ("Besançon", "France", "25000"),
    ("Málaga", "Spain", "29015"),
    ("Bologna", "Italy", "40121"),
    ("Łódź", "Poland", "90-001"),
    ("Plzeň", "Czechia", "301 00"),
    ("Malmö", "Sweden", "211 18"),
    ("İzmir", "Türkiye", "35210"),
    ("Coimbra", "Portugal", "3000-033"),
    ("Győr", "Hungary", "9021"),
    ("Ålesund", "Norway", "6002"),
    ("Osaka", "Japan", "530-0001"),
    ("Pune", "India", "411001"),
    ("Portland", "United States", "97204"),
    ("Montréal", "Canada", "H2Y 1C6"),
)
STREETS = (
    *("Mill Lane", "Station Road", "Harbour Street", "Church Walk", "Orchard Close"),
    *("Lindenstraße", "Rue des Écoles", "Calle Mayor", "Via Garibaldi", "Długa", "Storgatan"),
)
DEPARTMENTS = (
    *("Accounting", "Customer Service", "Human Resources", "IT", "Legal", "Logistics"),
    *("Marketing", "Operations", "Procurement", "Quality", "Research", "Sales"),
)
JOBS = (
    *("Accountant", "Analyst", "Assistant", "Buyer", "Clerk", "Coordinator", "Designer"),
    *("Engineer", "Planner", "Recruiter", "Technician", "Team Lead"),
)
REGIONS = ("North", "South", "East", "West", "Central", "Overseas")
COMPANY_WORDS = (
    *("Alder", "Beacon", "Cobalt", "Delta", "Ember", "Fjord", "Granite", "Harbour", "Iris"),
    *("Juniper", "Keystone", "Lumen", "Meridian", "Nimbus", "Orchard", "Pioneer", "Quartz"),
    *("Ridge", "Summit", "Tundra", "Umbra", "Vantage", "Willow", "Zephyr"),
)
COMPANY_TRADES = (
    *("Analytics", "Foods", "Freight", "Instruments", "Interiors", "Logistics", "Media"),
    *("Optics", "Packaging", "Partners", "Supplies", "Systems", "Textiles", "Tools"),
)
COMPANY_FORMS = ("Ltd", "Inc.", "GmbH", "S.A.", "S.r.l.", "AB", "Sp. z o.o.", "Kft.", "LLC", "BV")
PRODUCT_KINDS = (
    # (noun, category, lowest and highest price in cents)
    ("Desk Lamp", "Lighting", 1_890, 7_990),
    ("Floor Lamp", "Lighting", 4_500, 16_900),
    ("LED Strip", "Lighting", 990, 3_490),
    ("Office Chair", "Furniture", 8_900, 42_000),
    ("Standing Desk", "Furniture", 19_900, 69_900),
    ("Filing Cabinet", "Furniture", 7_900, 24_900),
    ("Bookshelf", "Furniture", 4_900, 18_900),
    ("Notebook A5", "Stationery", 290, 1_290),
    ("Ballpoint Pen", "Stationery", 90, 590),
    ("Printer Paper", "Stationery", 390, 990),
    ("Stapler", "Stationery", 590, 2_490),
    ("Whiteboard", "Stationery", 2_900, 12_900),
    ("Wireless Mouse", "Electronics", 1_290, 6_990),
    ("Keyboard", "Electronics", 1_990, 12_990),
    ("USB Hub", "Electronics", 1_490, 5_990),
    ("Headset", "Electronics", 2_490, 17_990),
    ("Monitor 24in", "Electronics", 11_900, 29_900),
    ("Coffee Beans", "Kitchen", 790, 2_490),
    ("Green Tea", "Kitchen", 290, 1_190),
    ("Water Filter", "Kitchen", 990, 3_990),
    ("First Aid Kit", "Safety", 1_490, 5_990),
    ("Safety Gloves", "Safety", 390, 1_990),
)
PRODUCT_VARIANTS = ("Basic", "Classic", "Compact", "Eco", "Plus", "Pro", "Slim", "Studio")
EXPENSE_KINDS = (
    # (category, lowest and highest amount in cents)
    ("Travel", 1_200, 48_000),
    ("Lodging", 6_500, 32_000),
    ("Meals", 850, 9_500),
    ("Office supplies", 400, 12_000),
    ("Software", 900, 25_000),
    ("Training", 4_900, 90_000),
    ("Phone", 1_000, 6_000),
)
NOTES = (
    "Please confirm the delivery date with the customer before the end of the week.",
    "Price agreed by phone; a written offer follows as soon as the new list is out.",
    "The second half of the order is on hold until the warehouse has counted again.",
    "Address changed in spring, the old one must not be used for invoices any more.",
)
